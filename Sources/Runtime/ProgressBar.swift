import Synchronization

/// A line on standard error that shows how far a long work has come; silent when nobody watches.
///
///     Loading the demo shop  ████████████▌         62 %   640 000 events   98 000/s   4 s left
package final class ProgressBar: Sendable {
    private struct State {
        var started: ContinuousClock.Instant
        var drawn: ContinuousClock.Instant?
    }

    private let title: String
    private let unit: String
    private let terminal: Terminal
    private let state: Mutex<State>

    package init(_ title: String, unit: String, terminal: Terminal = .error) {
        self.title = title
        self.unit = unit
        self.terminal = terminal
        state = Mutex(State(started: .now, drawn: nil))
    }

    /// Draws the bar at most ten times a second.
    ///
    /// - Parameters:
    ///   - fraction: 0…1, how much of the work is done.
    ///   - count: how many units are done.
    package func update(fraction: Double, count: Int) {
        let elapsed = state.withLock { state -> Duration? in
            let now = ContinuousClock.now
            if let drawn = state.drawn, now - drawn < .milliseconds(100), fraction < 1 { return nil }
            state.drawn = now
            return now - state.started
        }
        guard let elapsed, terminal.isInteractive else { return }
        terminal.write("\r\u{1B}[2K" + line(fraction: fraction, count: count, elapsed: elapsed))
    }

    /// Prints a sentence above the bar.
    package func note(_ text: String) { terminal.write((terminal.isInteractive ? "\r\u{1B}[2K" : "") + "\(text)\n") }

    /// Takes the bar away: the work ended before it was done.
    package func abandon() {
        if terminal.isInteractive { terminal.write("\r\u{1B}[2K") }
    }

    /// Ends the line.
    ///
    /// Without a terminal this prints one plain line, so that logs say what was done.
    package func finish(count: Int) {
        let elapsed = state.withLock { ContinuousClock.now - $0.started }
        let text = "\(title): \(grouped(count)) \(unit) in \(seconds(elapsed)) (\(rate(count, elapsed))/s)"
        terminal.write(terminal.isInteractive ? "\r\u{1B}[2K\(text)\n" : "\(text)\n")
    }

    /// The text of the bar, without drawing it.
    func line(fraction: Double, count: Int, elapsed: Duration) -> String {
        let share = min(max(fraction, 0), 1)
        let width = 24
        let eighths = Int((share * Double(width * 8)).rounded(.down))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let bar = (String(repeating: "█", count: eighths / 8) + partial).padded(to: width)
        let left = share > 0.01 ? "   \(seconds(elapsed * (1 / share - 1))) left" : ""
        let percent = String(Int(share * 100)).leftPadded(to: 3)
        return "\(title)  \(bar) \(percent) %   \(grouped(count)) \(unit)   \(rate(count, elapsed))/s\(left)"
            .cut(to: terminal.columns - 1)
    }

    private func rate(_ count: Int, _ elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return grouped(seconds > 0 ? Int(Double(count) / seconds) : 0)
    }

    private func seconds(_ duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
        if seconds < 120 { return "\(Int(seconds.rounded())) s" }
        return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
}

/// `1 234 567`: thousands apart, for terminals.
package func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var out = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { out.append(" ") }
        out.append(digit)
    }
    return out
}
