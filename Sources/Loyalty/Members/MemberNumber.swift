import Crypto

/// Numbers of new members: nine letters and digits that tell nothing, not even how many members there are.
enum MemberNumber {
    private static let bits: UInt64 = 45

    /// What the digest of a command's id says.
    static func first(of command: String) -> ProgramMemberID {
        let word = SHA256.hash(data: Array(command.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return ProgramMemberID(number: Int64(word >> (64 - bits)))
    }

    /// The one after a number that is taken.
    static func next(_ id: ProgramMemberID) -> ProgramMemberID {
        ProgramMemberID(number: (id.number + 1) & (1 << Int64(bits) - 1))
    }
}
