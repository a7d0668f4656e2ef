import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of points from another system with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"

    private var openingWriter: OpeningWriter {
        var currency = PointCurrency(key: "points")
        currency.name = chinese ? "茶叶积分" : "Leaves"
        return OpeningWriter(
            points: PointWriter(
                words: words, formats: formats, calendar: Fixtures.calendar, currency: currency,
                names: ["mem_a": chinese ? "陆羽" : "Lu Yu"]))
    }

    private var openingTabs: [ProgramTab] {
        [
            ProgramTab(url: "/program", label: words(\.program.tabSettings), current: false),
            ProgramTab(url: "/points", label: words(\.program.tabPoints), current: true),
        ]
    }

    private var openingFilters: [PeopleListPage.Filter] {
        ["points", Self.hostile].enumerated().map {
            .init(url: SiteURL.opening(currency: $1), label: $1, styleClass: nil, count: nil, current: $0 == 0)
        }
    }

    private var came: PointOpening {
        PointOpening(rows: 12_480, points: 4_204_331, members: 3_977, closedAt: nil, closedBy: nil)
    }

    /// A trial of which some rows come, one came before, and others cannot.
    private var trial: JSONValue {
        [
            "currency": "points", "trial": true, "taken": ["rows": 3, "points": 1_240], "repeated": ["rows": 1, "points": 90],
            "members": 2, "enrolled": 1,
            "by_end": [["month": .null, "points": 40], ["month": "2027-03", "points": 1_200]],
            "refused": [
                ["row": .string(Self.hostile), "amount": 5, "reasons": [["code": "ZERO_VALUE"]]],
                ["row": "", "amount": 7, "reasons": [["code": "OPENING_ROW_KEY"]]],
            ],
        ]
    }

    var opening: OpeningPage {
        let sent = ["text": "row,member\n" + Self.hostile, "total": Self.hostile, "effective_at": "soon"]
        var form = OpeningForm(sent: sent, file: [0xFF], in: Fixtures.calendar, words: words)
        _ = try? form.text()
        _ = form.total()
        _ = form.effectiveAt()
        let carried = form.carried("row\n\"\u{202E}\"\(Self.hostile)", of: PointCurrency(key: "points"))
        let report = openingWriter.report(trial, carry: carried, command: "c") { reasons in
            Said(text: words("A row has a key of 1 to \(String(reasons.count * 200)) bytes.").text)
        }
        return OpeningPage(
            tabs: openingTabs, currencies: openingFilters, hasCurrencies: true, problem: nil, stats: openingWriter.stats(came),
            hasStats: true, none: nil, closed: nil, report: report,
            form: .init(currency: "points", fileError: form.errors["file"], fields: form.fields),
            closeURL: SiteURL.openingClosing(currency: "points"), mayChange: true)
    }

    /// What an analyst sees before anything came, or after nothing more can.
    func quietOpening(isClosed: Bool) -> OpeningPage {
        let opening = PointOpening(
            rows: 12_480, points: 4_204_331, members: 3_977, closedAt: Fixtures.now, closedBy: "mem_a")
        return OpeningPage(
            tabs: openingTabs, currencies: [], hasCurrencies: false, problem: nil,
            stats: isClosed ? openingWriter.stats(opening) : [], hasStats: isClosed,
            none: isClosed ? nil : words(\.openings.noneReader), closed: isClosed ? openingWriter.closed(opening) : nil,
            report: nil, form: nil, closeURL: nil, mayChange: false)
    }

    var openingClose: OpeningClosePage {
        var field = FormField(
            "total", words(\.openings.closeTotal), value: Self.hostile, hint: words(\.openings.closeTotalHint), autocomplete: "off")
        field.error = words(\.openings.badTotal)
        let title = words(\.openings.closeTitle, ["currency": Self.hostile])
        return OpeningClosePage(
            title: title, problem: words("The rows add up to \("12"), not to \("13"). Look for what is missing."),
            stats: openingWriter.stats(came), currency: "points", command: "c", field: field,
            backURL: SiteURL.opening(currency: "points"))
    }
}
