import Loyalty
import Model

/// Puts what came from another system, and what a file would bring, into words.
struct OpeningWriter {
    let points: PointWriter

    private var words: Words { points.words }

    func stats(_ opening: PointOpening) -> [Stat] {
        [
            Stat(label: words(\.openings.rows), value: count(opening.rows)),
            Stat(label: words(\.openings.points), value: points.points(opening.points)),
            Stat(label: words(\.openings.members), value: count(opening.members)),
        ]
    }

    func closed(_ opening: PointOpening) -> String? {
        guard let at = opening.closedAt, let by = opening.closedBy else { return nil }
        return words(\.openings.closed, ["when": points.when(at), "who": points.actor(by)])
    }

    /// - Parameters:
    ///   - answer: Of the command, a trial or not.
    ///   - carry: What the button sends; the trial's.
    ///   - said: Puts reasons into words.
    func report(
        _ answer: JSONValue, carry: [FormField], command: String, said: ([JSONValue]) -> Said
    ) -> OpeningPage.Report {
        let isTrial = answer["trial"]?.boolValue ?? true
        let taken = number(answer["taken"]?["rows"])
        let ends = (answer["by_end"]?.arrayValue ?? []).map { end in
            let month = end["month"]?.stringValue.flatMap { PointMonth(text: $0) }
            return OpeningPage.End(
                month: month.map { points.formats.month($0.firstDate) } ?? words(\.openings.never),
                points: points.points(number(end["points"])))
        }
        let refused = (answer["refused"]?.arrayValue ?? []).map { row in
            let key = row["row"]?.stringValue ?? ""
            return OpeningPage.Row(
                key: key.isEmpty ? words(\.openings.noKey) : key, amount: points.points(number(row["amount"])),
                why: said(row["reasons"]?.arrayValue ?? []))
        }
        var about: String?
        if isTrial { about = words(taken > 0 ? \.openings.trialText : \.openings.nothingComes) }
        return OpeningPage.Report(
            heading: words(isTrial ? \.openings.trialTitle : \.openings.takenTitle), about: about,
            stats: stats(answer, isTrial: isTrial, refused: refused.count), ends: ends, hasEnds: !ends.isEmpty, refused: refused,
            hasRefused: !refused.isEmpty,
            carry: isTrial && taken > 0
                ? .init(button: words(\.openings.carryOut, count: Int(clamping: taken)), command: command, fields: carry) : nil)
    }

    private func stats(_ answer: JSONValue, isTrial: Bool, refused: Int) -> [Stat] {
        func sum(_ key: String, _ label: KeyPath<Catalogue, Text>) -> Stat {
            let amount = points.points(number(answer[key]?["points"]))
            return Stat(
                label: words(label), value: count(number(answer[key]?["rows"])),
                note: words(\.openings.amountNote, ["points": amount]))
        }
        let enrolled = number(answer["enrolled"])
        return [
            sum("taken", isTrial ? \.openings.come : \.openings.came), sum("repeated", \.openings.before),
            Stat(label: words(\.openings.refusedCount), value: points.formats.number(refused)),
            Stat(
                label: words(\.openings.ofMembers), value: count(number(answer["members"])),
                note: enrolled > 0 ? words(\.openings.enrolled, count: Int(clamping: enrolled)) : nil),
        ]
    }

    private func number(_ value: JSONValue?) -> Int64 { value?.intValue ?? 0 }

    private func count(_ number: Int64) -> String { points.formats.number(Int(clamping: number)) }
}
