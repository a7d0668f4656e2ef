import Model
import Records

@testable import Console
@testable import Loyalty

/// The page of disputes with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"

    private var disputeTabs: [ProgramTab] {
        let all: [(String, KeyPath<Catalogue, Text>)] = [
            ("/program", \.program.tabSettings), ("/points", \.program.tabPoints), ("/coupons", \.coupons.title),
            ("/benefits", \.benefits.title), ("/points/books", \.program.tabBooks), ("/points/approvals", \.program.tabApprovals),
            ("/disputes", \.disputes.title),
        ]
        return all.enumerated().map { ProgramTab(url: $1.0, label: words($1.1), current: $0 == 6) }
    }

    /// An order that earned, was sent once more, and came back.
    private var story: DisputeFile {
        let member = ProgramMemberID(number: 7_654_321)
        func command(_ id: String, _ word: String, _ days: Int64, refused: Bool = false) -> DisputeFile.Command {
            let reasons: JSONValue = ["reasons": [["code": "ALREADY_EARNED", "params": ["source": .string(Self.hostile)]]]]
            return DisputeFile.Command(
                id: id, actor: "key_a", content: ["command": .string(word), "amount": 120, "source": .string(Self.hostile)],
                answer: ProgramAnswer(body: refused ? reasons : ["member": .string(member.text)], isRefused: refused),
                recordedAt: Fixtures.now.advanced(byMicroseconds: days * .microsecondsPerDay), members: refused ? [] : [member])
        }
        func entry(_ position: Int64, _ kind: PointEntry.Kind, _ days: Int64) -> DisputeFile.Entry {
            let at = Fixtures.now.advanced(byMicroseconds: days * .microsecondsPerDay)
            let entry = PointEntry(
                kind: kind, effectiveAt: at.advanced(byMicroseconds: -.microsecondsPerDay), lot: PointID(1), vintage: 202_611,
                fundedBy: nil, from: .issuer, to: .available, amount: 120)
            return DisputeFile.Entry(
                member: member, currency: "points",
                entry: ChainedPointEntry(position: position, command: "c", recordedAt: at, entry: entry, hash: ""))
        }
        return DisputeFile(
            commands: [
                command("till-1", "earn", -3), command("till-2", "earn", -2, refused: true), command(Self.hostile, "take_back", -1),
            ], entries: [entry(1, .earned, -3), entry(2, .revoked, -1)], isCut: true)
    }

    var disputes: DisputesPage {
        let points = PointWriter(
            words: words, formats: formats, calendar: Fixtures.calendar, currency: PointCurrency(key: "points"),
            names: ["key_a": "<b>till</b>"])
        let lines = DisputeWriter(points: points, currencies: [PointCurrency(key: "points")]).lines(story) { answer in
            answer.isRefused ? Said(text: Self.hostile, lang: "en") : nil
        }
        return DisputesPage(
            tabs: disputeTabs, typed: Self.hostile, noneTitle: nil, lines: lines, hasLines: true,
            cut: words(\.disputes.cut, count: 300))
    }

    var noDisputes: DisputesPage {
        DisputesPage(
            tabs: disputeTabs, typed: Self.hostile, noneTitle: words(\.disputes.noneTitle, ["text": Self.hostile]), lines: [],
            hasLines: false, cut: nil)
    }
}
