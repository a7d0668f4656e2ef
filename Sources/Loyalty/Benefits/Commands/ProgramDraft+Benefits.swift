package import Model
import OrderedCollections
import Records

extension ProgramDraft {
    /// The newest version of a benefit.
    func benefit(_ key: String) throws(ProgramFailure) -> Benefit {
        guard settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        guard let known = try reading({ tables throws(Problem) in try tables.benefit(key) }) else {
            throw .refused(Refusal([BenefitReason.unknown(.benefit, key)]))
        }
        return known.benefit
    }

    /// What is kept of a member and a benefit, and moves now behind the last thing that was done to it.
    ///
    /// - Parameter use: One that is wanted whether it counts or not.
    mutating func benefitBook(_ key: BenefitBookKey, with use: BenefitID? = nil) throws(ProgramFailure) -> BenefitBook {
        let (benefit, now) = (try benefit(key.benefit), now)
        let book = try reading { tables throws(Problem) in try tables.book(key, benefit, at: now, with: use) }
        self.now = max(now, book.latest.advanced(byMicroseconds: 1))
        // The instant may have come into a later period, of which nothing is missing: uses are read from an earlier one on.
        return book
    }

    /// Does something with a book and writes what it has changed.
    mutating func change<Answer>(
        _ key: BenefitBookKey, _ book: inout BenefitBook, _ body: (inout BenefitBook, Instant) throws(Refusal) -> Answer
    ) throws(ProgramFailure) -> Answer {
        let before = book
        let answer: Answer
        do throws(Refusal) { answer = try body(&book, now) } catch { throw .refused(error) }
        let after = book
        write { tables throws(Problem) in
            // The first book of a member collides with a merge that another server carries out at the same moment.
            if before.version == 0 { try tables.touch(key.member) }
            try tables.write(key, from: before, to: after)
        }
        tell(key, from: before, to: after)
        return answer
    }

    /// Where a command's party stands in books: the member's number, or the program itself.
    mutating func party(_ payer: BenefitPayer) throws(ProgramFailure) -> BenefitParty {
        switch payer {
        case .program: return .program
        case .member(let wish): return try named(wish)
        }
    }

    func party(_ wish: MemberWish?) throws(ProgramFailure) -> BenefitParty? {
        guard let wish else { return nil }
        return BenefitParty(try member(wish).id.text)
    }

    /// A member who comes to stand in somebody else's benefits: a merge at the same moment finds them there.
    mutating func named(_ wish: MemberWish) throws(ProgramFailure) -> BenefitParty {
        let member = try member(wish)
        claim(member)
        return BenefitParty(member.id.text)
    }
}

extension BenefitParty {
    /// Whoever runs the program.
    static let program = BenefitParty("program")
}

extension BenefitBook {
    /// What an answer of a command says of it.
    func summary(at now: Instant) -> JSONValue {
        let answer = check(at: now)
        let (remaining, resetsAt) = (JSONValue.optional(answer.remaining), JSONValue.optional(answer.resetsAt?.rfc3339))
        return ["remaining": remaining, "resets_at": resetsAt, "version": .int(version)]
    }
}

extension BenefitUse {
    /// As answers show it.
    package var json: JSONValue {
        var members = JSONMembers()
        members.put("use", id.text)
        members.put("at", at)
        members.put("by", user?.text)
        members.put("amount", .int(amount))
        members.put("state", state.word)
        if case .reserved(let until) = state { members.put("until", until) }
        members.put("over", .int(over))
        members.put("refunded", .int(refunded))
        members.put("parts", .array(parts.map { ["grant": .string($0.grant.text), "amount": .int($0.amount)] }))
        return members.json
    }
}

extension BenefitSource {
    /// As answers show it.
    package var json: JSONValue { ["kind": .string(kind.rawValue), "id": .string(id), "series": .string(series)] }
}
