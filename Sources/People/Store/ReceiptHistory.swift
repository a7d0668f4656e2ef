import EventStore
import Model
import Synchronization

/// The replays for the earlier instants asked for lately.
final class ReceiptHistory: Sendable {
    private let replays = Mutex<[(settingsVersion: Int, replay: ReceiptReplay)]>([])

    /// Who was who before `instant`; goes on from where an earlier replay for it ended.
    func replay(before instant: Instant, of snapshot: StoreSnapshot, rules: IdentityRules, version: Int) -> ReceiptReplay {
        let held = replays.withLock { list in
            list.first {
                $0.settingsVersion == version && $0.replay.instant == instant && $0.replay.nextArrival <= snapshot.nextArrival
            }
        }
        var replay = held?.replay ?? ReceiptReplay(before: instant)
        replay.advance(to: snapshot, rules: rules)
        let done = replay
        replays.withLock { list in
            list.removeAll { $0.replay.instant == instant }
            list.append((version, done))
            if list.count > 4 { list.removeFirst() }
        }
        return done
    }

    func forget() { replays.withLock { $0.removeAll() } }
}
