import HTTPTypes
import HummingbirdTesting
import Loyalty
import Model
import Records
import Testing
import Workspaces

@testable import Console

@Suite("Points from another system by forms") struct OpeningRoutesTests {
    private static let address = "/points/import"
    private static let file = """
        row,member,amount,earned_at,expires_at
        a-1,user_id:ana,300,2026-01-05,2027-03-31
        a-2,user_id:bo,50,2026-02-01,
        a-3,user_id:ana,0,2026-02-01,
        a-4,,9,2026-02-01,
        """

    /// What the form at the foot of the page sends.
    private static func form(_ browser: Browser, total: String) async throws -> [String: String] {
        var fields = try await browser.get(address).form(holding: #"type="file""#)
        (fields["total"], fields["effective_at"]) = (total, "")
        return fields
    }

    @Test("A file is tried first, then the same rows come once, and what cannot come is told with its reasons")
    func takeOver() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            #expect(try await browser.get("/points").html.contains(#"href="/points/import""#))
            #expect(try await browser.get(Self.address).html.contains("Nothing has been taken over yet"))
            let fields = try await Self.form(browser, total: "359")
            let trial = try await browser.postFile(Self.address, fields, Array(Self.file.utf8))
            #expect(trial.status == .ok && trial.html.contains("Nothing has changed yet"))
            #expect(trial.html.contains("Take over 2 rows") && trial.html.contains("350 points"))
            #expect(trial.html.contains("Mar 2027") && trial.html.contains("2 of them new"))
            #expect(trial.html.contains("a-3") && trial.html.unescaped.contains(#""member" cannot be """#))
            let reader = fixture.directory.programReader(of: fixture.workspace)
            #expect(try await reader.opening(of: "points").rows == 0)

            let carry = try trial.form(holding: "Take over 2 rows")
            for _ in 0 ..< 2 {
                let came = try await browser.postRaw(Self.address, carry)
                #expect(came.status == .ok && came.html.contains("What came") && came.html.contains("a-4"))
                #expect(!came.html.contains("Take over 2 rows"))
            }
            let opening = try await reader.opening(of: "points")
            #expect(opening.rows == 2 && opening.points == 350 && opening.members == 2)
            // The file once more: what came is known.
            let again = try await browser.postFile(Self.address, try await Self.form(browser, total: "359"), Array(Self.file.utf8))
            #expect(again.html.contains("No row of it would come") && !again.html.contains("name=\"rows\""))
        }
    }

    @Test("Quotes, ends of lines and steering characters come through the trial as they were")
    func unharmed() async throws {
        try await ProgramFixture.run { fixture in
            let text = "row,member,amount,earned_at\r\n\"a,\"\"\u{202E}\n1\",user_id:ana,5,2026-01-05\r\n"
            let trial = try await fixture.browser.postFile(
                Self.address, try await Self.form(fixture.browser, total: "5"), Array(text.utf8))
            let carry = try trial.form(holding: "Take over one row")
            #expect(try await fixture.browser.postRaw(Self.address, carry).html.contains("What came"))
            let rows = try await fixture.directory.openingRows(of: text, in: fixture.workspace)
            var command = ImportPoints(rows, of: "points", total: 5)
            command.isTrial = true
            let answer = try await fixture.directory.perform(command, id: nil, in: fixture.workspace, by: .admin)
            #expect(answer.body["repeated"]?["rows"] == 1, "the very row is known")
        }
    }

    @Test("What is wrong with the form or the file as a whole is said at its field")
    func refused() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            var fields = try await Self.form(browser, total: "many")
            let none = try await browser.postRaw(Self.address, fields)
            #expect(none.status == .unprocessableContent && none.html.contains("Choose a file, or paste its text."))
            #expect(none.html.firstMatch(of: /<input id="f-total"[^>]* aria-invalid="true"/) != nil)
            (fields["total"], fields["effective_at"]) = ("5", "soon")
            let late = try await browser.postFile(Self.address, fields, [0xFF])
            #expect(late.html.contains("not UTF-8"))
            #expect(late.html.firstMatch(of: /<input id="f-effective_at"[^>]* aria-invalid="true"/) != nil)
            (fields["effective_at"], fields["text"]) = ("", "row,member,amount\na,b,1")
            let head = try await browser.postRaw(Self.address, fields)
            #expect(head.html.unescaped.contains(#"Line 1: The column "earned_at" is missing."#))
            #expect(head.html.firstMatch(of: /<textarea id="f-text"[^>]* aria-invalid="true"/) != nil)
            #expect(try await browser.postFile(Self.address, fields, Array("row".utf8)).html.contains("not both"))
            fields["text"] = Self.file
            let sum = try await browser.postRaw(Self.address, fields)
            #expect(sum.status == .unprocessableContent && sum.html.contains("The rows add up to 359, not to 5."))
            fields["text"] = "row\n" + String(repeating: "x", count: OpeningForm.textBytesMax)
            #expect(try await browser.postRaw(Self.address, fields).html.contains("larger than 2 MB"))
            fields["text"] = String(repeating: "x", count: OpeningForm.bytesMax)
            #expect(try await browser.postRaw(Self.address, fields).status == .contentTooLarge)
        }
    }

    @Test("The taking over ends with its sum, for good")
    func close() async throws {
        try await ProgramFixture.run { fixture in
            let browser = fixture.browser
            var fields = try await Self.form(browser, total: "359")
            fields["text"] = Self.file
            let trial = try await browser.postRaw(Self.address, fields)
            try await browser.postRaw(Self.address, try trial.form(holding: "Take over 2 rows"))
            #expect(try await browser.get(Self.address).html.contains(#"href="/points/import/close?currency=points""#))
            var close = try await browser.get("/points/import/close?currency=points").form(holding: "End it for good")
            close["total"] = "x"
            #expect(try await browser.postRaw("/points/import/close", close).html.contains("Write a whole number"))
            close["total"] = "359"
            let wrong = try await browser.postRaw("/points/import/close", close)
            #expect(wrong.status == .unprocessableContent && wrong.html.contains("The rows add up to 350, not to 359."))
            close = try wrong.form(holding: "End it for good")
            close["total"] = "350"
            for _ in 0 ..< 2 {
                #expect(
                    try await browser.postRaw("/points/import/close", close).location
                        == "/points/import?currency=points&done=closed")
            }
            let closed = try await browser.get(Self.address).html
            #expect(closed.contains("Taking over was ended") && closed.contains("by Lu Yu"))
            #expect(!closed.contains(#"type="file""#) && !closed.contains("/points/import/close"))
        }
    }

    @Test("Who is no owner sees what came, and takes nothing over")
    func reader() async throws {
        try await ProgramFixture.run { fixture in
            try await fixture.join(.analyst, "bo@example.com")
            let page = try await fixture.browser.get(Self.address)
            #expect(page.html.contains("Only an owner") && !page.html.contains("<input id=\"f-file\""))
            #expect(try await fixture.browser.get("/points/import/close?currency=points").status == .forbidden)
            let sent = try await fixture.browser.postRaw(
                Self.address, ["token": page.token ?? "", "text": Self.file, "total": "359"])
            #expect(sent.status == .forbidden)
        }
    }

    @Test("A body in parts gives fields and files apart, whatever is in them")
    func parts() {
        let text =
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--b\r\nContent-Disposition: form-data; "
            + "name=\"f\"; filename=\"x\"\r\nContent-Type: text/csv\r\n\r\n\r\n-b\r\n--b\r\nContent-Disposition: form-data; "
            + "name=\"g\"; filename=\"\"\r\n\r\n\r\n--b\r\nno header\r\n\r\nx\r\n--b--\r\n"
        let body = MultipartBody(Array(text.utf8), boundary: "b")
        #expect(body.fields == ["a": "1\r\n2"] && body.files == ["f": Array("\r\n-b".utf8)])
        #expect(MultipartBody(Array("--b".utf8), boundary: "b").fields.isEmpty)
        #expect(MultipartBody.boundary(of: "Multipart/Form-Data; charset=x; boundary=\"a b\"") == "a b")
        #expect(MultipartBody.boundary(of: "multipart/form-data") == nil)
        #expect(MultipartBody.boundary(of: "application/x-www-form-urlencoded; boundary=b") == nil)
    }
}
