import Model
import Synchronization

/// Secrets on their way to the one page that shows them, in memory only: a new key never stands in an address or a cookie.
final class OneTimeNotes: Sendable {
    private struct Note {
        let text: String
        let title: String
        let expiresAt: Instant
    }

    private static let lifetime = 15 * Int64.microsecondsPerMinute
    private let notes = Mutex<[String: Note]>([:])

    /// Leaves `text` for the session that `owner` names; a later one replaces it.
    func leave(_ text: String, title: String = "", for owner: String, at now: Instant) {
        notes.withLock { notes in
            notes = notes.filter { $0.value.expiresAt > now }
            if notes.count >= 1_000 { notes.removeAll() }
            notes[owner] = Note(text: text, title: title, expiresAt: now.advanced(byMicroseconds: OneTimeNotes.lifetime))
        }
    }

    /// What was left; with `keep` it can be read again until it expires.
    func read(for owner: String, at now: Instant, keep: Bool = false) -> (text: String, title: String)? {
        notes.withLock { notes in
            guard let note = notes[owner], note.expiresAt > now else { return nil }
            if !keep { notes[owner] = nil }
            return (note.text, note.title)
        }
    }
}
