import Model
import Questions
import Records
import Synchronization

/// The cut answers of cards asked for lately: while no event arrives or is deleted they stay right until the minute ends.
///
/// A board that many look at, again and again, then costs what has changed. Under load an answer is kept for two seconds.
final class AnswerMemory: Sendable {
    struct Key: Hashable, Sendable {
        /// Its zone decides what a day is.
        let workspace: Workspace
        /// The rules that it follows.
        let computedTraits: [ComputedTrait]
        /// Canonical JSON.
        let question: String
    }

    private struct Kept {
        let answer: CardCut
        let version: UInt64
        let at: Instant
    }

    private static let newest = 2 * Int64.microsecondsPerSecond
    private static let entriesMax = 512
    private let entries = Mutex<[Key: Kept]>([:])

    /// The answer that is still right, if there is one.
    func answer(_ key: Key, version: UInt64, now: Instant) -> CardCut? {
        entries.withLock { entries in
            guard let kept = entries[key], now >= kept.at else { return nil }
            let age = now.microseconds(since: kept.at)
            return age < AnswerMemory.newest || kept.version == version && age < .microsecondsPerMinute ? kept.answer : nil
        }
    }

    func keep(_ answer: CardCut, _ key: Key, version: UInt64, now: Instant) {
        entries.withLock { entries in
            if entries.count >= AnswerMemory.entriesMax { entries.removeAll() }
            entries[key] = Kept(answer: answer, version: version, at: now)
        }
    }
}
