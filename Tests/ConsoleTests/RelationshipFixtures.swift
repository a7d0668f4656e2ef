import Model

@testable import Console
@testable import People

extension Fixtures {
    /// One person's relationships: declared and shown by orders, to people and an account, holding and over.
    var relationships: Figure {
        let me = PersonID(ordinal: 46)
        let start = Fixtures.calendar.start(of: Fixtures.today.advanced(byDays: -300))
        func one(
            _ role: RelationshipRole, to: Relationship.Party, by holder: PersonID, _ origin: Relationship.Origin = .declared,
            until: Instant? = nil
        ) -> Relationship {
            Relationship(holder: holder, role: role, to: to, since: start, until: until, origin: origin, evidence: [])
        }
        let (kid, friend) = (PersonID(ordinal: 47), PersonID(ordinal: 48))
        let ended = Fixtures.calendar.start(of: Fixtures.today.advanced(byDays: -100))
        let names = ["小明", "小明", chineseName, chineseName, "<script>alert(1)</script>"]
        let all = [
            one(.payer, to: .person(kid), by: me, .derived), one(.recipient, to: .person(me), by: kid, .derived),
            one(.decider, to: .account("acme"), by: me), one(.technicalDecider, to: .account("acme"), by: me),
            one(.referrer, to: .person(me), by: friend, until: ended),
        ]
        return RelationshipFigure(
            person: me, name: chineseName, cell: .both, relationships: zip(all, names).map { ($0, $1) }, otherCount: 5,
            now: Fixtures.now, calendar: Fixtures.calendar, words: words, formats: formats
        ).figure
    }

    /// With fifteen others, one of them twice; the last five are over.
    func many(of me: PersonID) -> [Relationship] {
        let start = Fixtures.now.advanced(byMicroseconds: -1_000)
        let others = (2 ..< 17).map { PersonID(ordinal: UInt32($0)) }
        return ([others[3]] + others).enumerated().map { index, other in
            Relationship(
                holder: me, role: index == 0 ? .guardian : .payer, to: .person(other), since: start,
                until: index > 10 ? Fixtures.now : nil, origin: .declared, evidence: [])
        }
    }

    private var chineseName: String { "山水科技" }
}
