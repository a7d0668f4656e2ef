public import Model
public import Records

/// Something that shall happen in a workspace's program: enrolling, earning, spending.
///
/// Commands are pure over what the transaction has read. What one changes counts only when all of it succeeds.
public protocol ProgramCommand: Sendable {
    /// Everything that it says, by which a repetition is told from another command of the same id.
    var content: JSONValue { get }

    /// What is kept of that where it is about somebody who was erased: nothing that nobody counts by.
    ///
    /// By its member `bare` it is told from what another command of the same id says.
    var bareContent: JSONValue { get }

    /// Whether it reads and changes nothing but members by their identities and their points, through the draft: then it can be carried
    /// out from memory.
    var isOfPointsAlone: Bool { get }

    /// What it and its answer name that somebody may ask about; nil for what is found in their texts.
    var mentions: Set<String>? { get }

    /// Tells what it is going to ask for, as far as that can be told before.
    func foresee(_ foresight: inout PointForesight)

    /// Carries it out in a draft and tells what came of it.
    func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue
}

extension ProgramCommand {
    public var bareContent: JSONValue { content }
    public var isOfPointsAlone: Bool { false }
    public var mentions: Set<String>? { nil }
    public func foresee(_ foresight: inout PointForesight) {}
}

/// Why a command came to nothing.
public enum ProgramFailure: Error {
    /// The rules say no: an answer like any other, kept and repeated.
    case refused(Refusal)
    /// The records cannot be read: nobody knows what the rules would say.
    case failed(Problem)
}

/// A command as it was sent.
public struct ProgramRequest: Sendable {
    /// Chosen by the sender, 1 to 200 bytes: the same id is carried out once.
    public let id: String
    public let actor: Actor
    public let command: any ProgramCommand

    public init(id: String, actor: Actor, command: any ProgramCommand) {
        self.id = id
        self.actor = actor
        self.command = command
    }
}

/// What came of a command, now or when it came first.
public struct ProgramAnswer: Hashable, Sendable {
    /// The answer, or the reasons of the refusal as `{"reasons": […]}`.
    public let body: JSONValue
    public let isRefused: Bool
    /// Whether it was given before.
    public var isReplayed = false

    public init(body: JSONValue, isRefused: Bool) {
        self.body = body
        self.isRefused = isRefused
    }
}
