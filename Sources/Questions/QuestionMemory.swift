public import Model
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The memory that the questions of one server share: what one may hold, and all of them together.
///
/// A question takes it in steps of a mebibyte while what it adds up grows, and gives all of it back when it ends, however it ends. What
/// counts is an estimate of what grows with the data: tallies, the rows in hand, the answer's rows. The events themselves, which are
/// mapped files, and what parts and people keep between questions do not count.
///
/// A question that finds it used up is refused; one that comes while a refused one is still leaving waits for it, so that of two which do
/// not fit together one is answered. The first few mebibytes of each question are free, so that small ones are answered meanwhile.
public final class QuestionMemory: Sendable {
    private struct State {
        var taken = 0
        /// The part of it that refused questions are about to give back.
        var leaving = 0
    }

    enum Verdict { case taken, wait, refused }

    /// Bytes that one question may hold.
    public let questionBytesMax: Int
    /// Bytes that all questions together may hold.
    public let totalBytesMax: Int
    /// A question that holds no more than this takes nothing.
    let freeBytes: Int
    private let state = Mutex(State())

    static let stepBytes = 1 << 20

    /// - Parameters:
    ///   - questionBytes: for one question; no more than for all.
    ///   - totalBytes: for all questions together.
    ///   - freeBytes: of each question, which the others do not feel.
    public init(
        questionBytes: Int = questionBytesDefault, totalBytes: Int = QuestionMemory.totalBytesDefault, freeBytes: Int = 8 << 20
    ) {
        questionBytesMax = min(questionBytes, totalBytes)
        totalBytesMax = totalBytes
        self.freeBytes = freeBytes
    }

    /// As much as a question needs, of which nothing is taken.
    public static let unlimited = QuestionMemory(questionBytes: .max, totalBytes: .max, freeBytes: .max)

    /// 512 MiB.
    public static let questionBytesDefault = 512 << 20

    /// 1 GiB, or a quarter of the machine's memory where that is less.
    public static var totalBytesDefault: Int { min(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4) }

    /// Bytes that questions have taken and not given back.
    public var takenBytes: Int { state.withLock { $0.taken } }

    /// - Parameter holding: what the question that asks has taken before, and gives back when it is refused.
    func take(_ bytes: Int, holding: Int) -> Verdict {
        state.withLock { state in
            if state.taken + bytes <= totalBytesMax {
                state.taken += bytes
                return .taken
            }
            if state.taken - state.leaving + bytes <= totalBytesMax { return .wait }
            state.leaving += holding
            return .refused
        }
    }

    /// A question that holds `bytes` is refused for its own limit.
    func leave(_ bytes: Int) { state.withLock { $0.leaving += bytes } }

    /// - Parameter isRefused: whether the question was told so before.
    func giveBack(_ bytes: Int, isRefused: Bool) {
        state.withLock { state in
            state.taken -= bytes
            if isRefused { state.leaving -= bytes }
        }
    }
}

/// What one question holds of the memory of all.
struct HeldMemory {
    private let memory: QuestionMemory
    private(set) var bytes = 0
    private var taken = 0
    /// Why it gets no more.
    private(set) var refusal: Problem?

    init(_ memory: QuestionMemory) { self.memory = memory }

    /// Changes what is held; false when others will give back soon what it takes, and it is to be called again with no change.
    mutating func change(by change: Int) -> Bool {
        bytes += change
        if refusal != nil { return true }
        if bytes > memory.questionBytesMax {
            refusal = .memoryLimit(memory.questionBytesMax)
            memory.leave(taken)
            return true
        }
        let wanted = bytes <= memory.freeBytes ? 0 : bytes.rounded(up: QuestionMemory.stepBytes, max: memory.questionBytesMax)
        if wanted <= taken { return true }
        switch memory.take(wanted - taken, holding: taken) {
        case .taken: taken = wanted
        case .wait: return false
        case .refused: refusal = .memoryTaken
        }
        return true
    }

    /// Gives back what is held beyond `rest`.
    mutating func giveBack(to rest: Int) {
        bytes = min(bytes, rest)
        let kept = bytes <= 0 ? 0 : min(taken, bytes.rounded(up: QuestionMemory.stepBytes, max: memory.questionBytesMax))
        memory.giveBack(taken - kept, isRefused: refusal != nil)
        taken = kept
    }
}

extension Int {
    fileprivate func rounded(up step: Int, max bound: Int) -> Int { Swift.min((self + step - 1) / step * step, bound) }
}

extension Problem {
    fileprivate static func memoryLimit(_ bytes: Int) -> Problem {
        Problem(
            .memoryLimit,
            "The question needs more than \(bytes >> 20) MiB of memory, which is the limit. Ask about a shorter range or fewer people, or leave out a breakdown.",
            status: 422)
    }

    fileprivate static var memoryTaken: Problem {
        Problem(
            .overloaded, "Other questions hold the memory that this one needs. Ask again in a moment.", status: 503,
            retryAfterSeconds: 2)
    }
}

extension Problem.Code {
    /// The question needs more memory than it may hold.
    public static let memoryLimit = Problem.Code("memory_limit")
}
