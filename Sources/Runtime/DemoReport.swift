import EventStore
import Model
import OrderedCollections
import People
import Records
import Workspaces
import Worlds

/// What the events say, as a short text for a terminal: who uses, who pays, what the world is there to show, and one portrait.
struct DemoReport: Sendable {
    private let workspace: OpenWorkspace
    private let now: Instant
    private let figures: [WorldFigure]
    private let terminal = Terminal.output

    /// From looking to paying, within two weeks.
    private static let funnel: JSONValue = [
        "kind": "funnel", "window": "14d",
        "steps": [
            ["event": "Product Viewed"], ["event": "Product Added"], ["event": "Checkout Started"], ["event": "Order Completed"],
        ],
    ]

    /// - Parameter figures: what the world is there to show; the tea shop shows its funnel instead.
    init(workspace: OpenWorkspace, now: Instant, figures: [WorldFigure]) {
        self.workspace = workspace
        self.now = now
        self.figures = figures
    }

    /// The report, about forty lines of at most 80 columns.
    func text() async throws -> String {
        let (overview, eventCount, portrait) = try await workspace.look(now: now) { view throws(Problem) in
            // Somebody who uses and pays; in a shop of long ago nobody uses any more.
            var rows = try view.people(in: .both, limit: 200).rows
            if rows.isEmpty { rows = try view.people(in: .customerOnly, limit: 200).rows }
            let best = rows.max { $0.eventCount < $1.eventCount }
            return (view.overview(), view.snapshot.eventCount, best.flatMap { view.profile($0.person) })
        }
        var lines: [String] = [
            "",
            terminal.bold(workspace.settings.name)
                + terminal.dim("   \(grouped(eventCount)) events, \(grouped(overview.everybody)) people"), "",
        ]
        lines += whoUsesAndPays(overview)
        lines += figures.isEmpty ? try await becomingCustomers(overview) : try await point()
        lines += portrait.map(portraitLines) ?? []
        return lines.joined(separator: "\n") + "\n"
    }

    /// The figures of ``text()``, without the portrait.
    func json() async throws -> OrderedDictionary<String, JSONValue> {
        let (overview, eventCount) = try await workspace.look(now: now) { view throws(Problem) in
            (view.overview(), view.snapshot.eventCount)
        }
        let revenue = overview.revenue.map { money -> JSONValue in
            ["amount": .string(money.decimalText), "currency": .string(money.currency.code)]
        }
        var members: OrderedDictionary<String, JSONValue> = [
            "workspace": .string(workspace.settings.id.text), "events": .int(Int64(eventCount)),
            "people": .int(Int64(overview.everybody)), "userOnly": .int(Int64(overview.userOnly)),
            "both": .int(Int64(overview.both)), "customerOnly": .int(Int64(overview.customerOnly)),
            "neither": .int(Int64(overview.neither)), "orders": .int(Int64(overview.orders)), "revenue": .array(revenue),
        ]
        guard !figures.isEmpty else {
            members["funnel"] = try await workspace.ask(DemoReport.funnel, now: now)["steps"] ?? .null
            return members
        }
        var shown: [JSONValue] = []
        for figure in figures {
            let found = WorldFigure.value(in: try await workspace.ask(figure.question, now: now))
            shown.append(["says": .string(figure.says), "value": found, "simulated": figure.value])
        }
        members["figures"] = .array(shown)
        return members
    }

    private func whoUsesAndPays(_ overview: Overview) -> [String] {
        let everybody = max(overview.everybody, 1)
        let cells: [(String, Int, String)] = [
            ("users only", overview.userOnly, "come back each week and have not paid"),
            ("users and customers", overview.both, "come back each week and have paid"),
            ("customers only", overview.customerOnly, "have paid and do not come back each week"),
            ("neither", overview.neither, "looked in, or came in the past"),
        ]
        let largest = cells.map(\.1).max() ?? 1
        var lines = [heading("Who uses, who pays")]
        for (name, count, meaning) in cells {
            let width = Int((Double(count) / Double(max(largest, 1)) * 16).rounded())
            let bar = terminal.accent(String(repeating: "█", count: width)) + String(repeating: " ", count: 16 - width)
            let share = String(Int((Double(count) / Double(everybody) * 100).rounded())).leftPadded(to: 3)
            lines.append(
                "  \(name.padded(to: 20)) \(grouped(count).leftPadded(to: 7)) \(share) %  \(bar)  \(terminal.dim(meaning))")
        }
        lines.append("")
        lines.append(
            "  Active: \(grouped(overview.activeToday)) today, \(grouped(overview.activeLast7Days)) in 7 days, "
                + "\(grouped(overview.activeLast30Days)) in 30 days. Revenue: \(money(overview.revenue)) from \(grouped(overview.orders)) orders."
        )
        return lines + [""]
    }

    /// Each figure as the questions answer it; what was simulated stands beside it where that is something else.
    private func point() async throws -> [String] {
        var lines = [heading("What this world shows")]
        for figure in figures {
            let answer = try await workspace.ask(figure.question, now: now)
            let found = WorldFigure.value(in: answer)
            let differs = figure.isMet(by: answer) ? "" : terminal.dim("  (simulated: \(figure.value.text.cut(to: 40)))")
            if let values = found.arrayValue {
                lines.append("  \(terminal.accent(Sparkline.text(values.map(\.doubleValue))))  \(figure.says)\(differs)")
            } else {
                lines.append("  \(grouped(Int(found.intValue ?? 0)).leftPadded(to: 7))  \(figure.says)\(differs)")
            }
        }
        return lines + [""]
    }

    private func becomingCustomers(_ overview: Overview) async throws -> [String] {
        var lines = [heading("How users become customers")]
        let answer = try await workspace.ask(DemoReport.funnel, now: now)
        let first = answer["steps"]?.arrayValue?.first?["count"]?.intValue ?? 0
        for step in answer["steps"]?.arrayValue ?? [] {
            let count = step["count"]?.intValue ?? 0
            let width = first > 0 ? Int((Double(count) / Double(first) * 24).rounded()) : 0
            let label = (step["label"]?.stringValue ?? "").cut(to: 20).padded(to: 20)
            let share = step["fromFirst"]?.doubleValue.map { String(Int(($0 * 100).rounded())).leftPadded(to: 3) + " %" } ?? ""
            lines.append(
                "  \(label) \(grouped(Int(count)).leftPadded(to: 7)) \(share)  "
                    + terminal.accent(String(repeating: "█", count: width)))
        }
        let conversion = overview.conversion
        if let median = conversion.medianDays {
            lines.append(
                "  Of \(grouped(conversion.usersEver)) people who were ever users, \(grouped(conversion.usersWhoPay)) have paid; "
                    + "half of the customers paid within \(days(median)) of their first visit.")
        }
        return lines + [""]
    }

    private func portraitLines(_ profile: Profile) -> [String] {
        var lines = [heading("One portrait"), "  \(terminal.bold(profile.name))  \(terminal.dim(profile.person.text))"]
        for identity in profile.identities.prefix(4) {
            lines.append("  \(terminal.dim(identity.identity.type.text.padded(to: 14))) \(identity.identity.value.cut(to: 60))")
        }
        for role in profile.roles {
            lines.append("  \(terminal.dim("role".padded(to: 14))) \(roleLine(role).cut(to: 62))")
        }
        lines.append(
            "  \(terminal.dim("value".padded(to: 14))) \(grouped(profile.value.orders)) orders, \(money(profile.value.revenue))")
        lines.append("  \(terminal.dim("weeks".padded(to: 14))) \(Sparkline.text(profile.weeks.map { Double($0.events) }))")
        return lines + [""]
    }

    private func roleLine(_ role: RoleEvidence) -> String {
        let since = workspace.calendar.date(at: role.since).text
        var evidence = ""
        if let week = role.week { evidence = ", \(role.visits.count) visits in the week of \(week.text)" }
        if let order = role.orders.first { evidence = ", by order \(order.orderID ?? "without a number")" }
        return "\(role.role.rawValue) since \(since)\(evidence)"
    }

    private func heading(_ text: String) -> String { terminal.bold("  \(text)") }

    private func money(_ amounts: [Money]) -> String {
        amounts.isEmpty ? "nothing" : amounts.map { "\($0.currency.code) \($0.decimalText)" }.joined(separator: ", ")
    }

    private func days(_ value: Double) -> String {
        value < 1 ? "a day" : "\((value * 10).rounded() / 10) days"
    }
}
