public import Model
import OrderedCollections

/// A person or account that takes part in the program.
public struct ProgramMember: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case person, account
    }

    public enum State: String, Sendable, CaseIterable {
        case open
        /// Takes part no more: nothing can be earned or spent.
        case closed
        /// Was erased; what was booked stands without a name.
        case erased
    }

    public let id: ProgramMemberID
    public var kind: Kind
    public var state: State
    /// Who has their points since two members turned out to be one.
    public var mergedInto: ProgramMemberID?
    public let enrolledAt: Instant

    public init(id: ProgramMemberID, kind: Kind, state: State = .open, mergedInto: ProgramMemberID? = nil, enrolledAt: Instant) {
        self.id = id
        self.kind = kind
        self.state = state
        self.mergedInto = mergedInto
        self.enrolledAt = enrolledAt
    }

    /// Why nothing is given to them or taken from them any more; nil while they take part.
    var barred: Refusal.Reason? {
        switch state {
        case .open: nil
        case .closed: Refusal.Reason("MEMBER_CLOSED", ["member": .string(id.text)])
        case .erased: Refusal.Reason("MEMBER_ERASED", ["member": .string(id.text)])
        }
    }
}

/// The number of a member of the program; `m_` and its base 32 as text.
///
/// It says nothing of who the member is.
public struct ProgramMemberID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int64

    /// - Precondition: `number` is not negative.
    public init(number: Int64) { self.number = number }

    /// nil unless `text` was made by ``text``.
    public init?(text: some StringProtocol) {
        guard text.hasPrefix("m_"), let number = Int64(text.dropFirst(2), radix: 32), number >= 0 else { return nil }
        self.init(number: number)
        guard self.text == text else { return nil }
    }

    public var text: String { "m_" + String(number, radix: 32) }
    public var description: String { text }
    public static func < (left: ProgramMemberID, right: ProgramMemberID) -> Bool { left.number < right.number }
}
