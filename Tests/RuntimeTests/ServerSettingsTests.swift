import FoundationEssentials
import Model
import Questions
import TestSupport
import Testing

@testable import Runtime

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct ServerSettingsTests {
    @Test(
        "An address is a host and a port",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:9", "::1", 9), (":80", "0.0.0.0", 80), ("localhost:0", "localhost", 0),
        ])
    func addresses(text: String, host: String, port: Int) throws {
        let settings = try ServerSettings(data: "d", listen: text)
        #expect(settings.host == host)
        #expect(settings.port == port)
    }

    @Test(
        "What is no address is refused and says what one looks like",
        arguments: ["", "8080", "host", "host:", "host:99999", "host:-1"])
    func badAddresses(text: String) {
        let problem = #expect(throws: Problem.self) { try ServerSettings(data: "d", listen: text) }
        #expect(problem?.code == .badSettings)
        #expect(problem?.message.contains("127.0.0.1:8080") == true)
    }

    @Test("Records are in the data folder, in a file or in PostgreSQL; another database is refused, and no URL is quoted")
    func records() throws {
        #expect(try ServerSettings(data: "d", listen: ":1").records == .folder)
        #expect(try RecordsPlace(nil) == .folder && RecordsPlace("") == .folder)
        #expect(try RecordsPlace("a/b.sqlite") == .file("a/b.sqlite"))
        for url in ["postgresql://tea:secret@db/shop", "postgres://db/shop"] { #expect(try RecordsPlace(url) == .postgres(url)) }
        let problem = #expect(throws: Problem.self) { _ = try RecordsPlace("mysql://tea:secret@db/shop") }
        #expect(problem?.code == .badSettings && problem?.description.contains("secret") == false)
    }

    @Test("An empty admin token is none")
    func emptyToken() throws {
        #expect(try ServerSettings(data: "d", listen: ":1", adminToken: "").adminToken == nil)
        #expect(try ServerSettings(data: "d", listen: ":1", adminToken: "t").adminToken == "t")
    }

    @Test("What questions may hold is asked for in MiB: more for one is more for all, and less for all than for one is refused")
    func questionMemory() throws {
        let mebibyte = 1 << 20
        let plain = try ServerSettings(data: "d", listen: ":1").questionMemory
        #expect(plain.totalBytesMax <= 1024 * mebibyte && plain.questionBytesMax <= 512 * mebibyte)
        let one = try ServerSettings(data: "d", listen: ":1", questionMebibytes: 4096).questionMemory
        #expect(one.questionBytesMax == 4096 * mebibyte && one.totalBytesMax == 4096 * mebibyte)
        let all = try ServerSettings(data: "d", listen: ":1", questionMebibytesTotal: 100).questionMemory
        #expect(all.questionBytesMax == 100 * mebibyte && all.totalBytesMax == 100 * mebibyte)
        let problem = #expect(throws: Problem.self) {
            try ServerSettings(data: "d", listen: ":1", questionMebibytes: 200, questionMebibytesTotal: 100)
        }
        #expect(problem?.code == .badSettings && problem?.message.contains("question_memory_total") == true)
    }

    @Test("A missing configuration file is named")
    func missingFile() async {
        await #expect {
            try await ServerSettings.load(data: nil, listen: nil, log: nil, trustsProxy: false, file: "/nonexistent/teahouse.json")
        } throws: { error in
            (error as? Problem)?.place == "/nonexistent/teahouse.json"
        }
    }

    @Test("The command line wins; an unknown log format is refused by name")
    func precedence() async throws {
        let settings = try await ServerSettings.load(data: "here", listen: ":7", log: "json", trustsProxy: true, file: nil)
        #expect(settings.data == "here")
        #expect(settings.port == 7)
        #expect(settings.log == .json)
        #expect(settings.trustsProxy)
        await #expect(throws: Problem.self) {
            try await ServerSettings.load(data: nil, listen: nil, log: "xml", trustsProxy: false, file: nil)
        }
    }

    private func load(_ text: String) async throws -> ServerSettings {
        let path = "/tmp/teahouse-settings-\(UInt64.random(in: .min ... .max)).json"
        try OutputText.write(text, to: path)
        defer { OutputText.remove(path) }
        return try await ServerSettings.load(data: nil, listen: nil, log: nil, trustsProxy: false, file: path)
    }

    @Test("Every setting can stand in the configuration file")
    func file() async throws {
        let settings = try await load(
            #"""
            {"data":"there","listen":"[::1]:9","log":"json","admin_token":"secret","trust_proxy":true,
            "question_memory":64,"question_memory_total":128}
            """#)
        #expect(settings.data == "there" && settings.host == "::1" && settings.port == 9 && settings.log == .json)
        #expect(settings.adminToken == "secret" && settings.trustsProxy)
        #expect(settings.questionMebibytes == 64 && settings.questionMebibytesTotal == 128)
        #expect(try await !load(#"{"trust_proxy":false}"#).trustsProxy)
        #expect(try await load("{}").data == "data")
    }

    @Test(
        "A configuration file that is wrong is refused with its name, the key and what was expected",
        arguments: [
            (#"{"listen":5}"#, "listen", "text"), (#"{"data":["x"]}"#, "data", "text"),
            (#"{"trust_proxy":"yes"}"#, "trust_proxy", "true or false"),
            (#"{"trust-proxy":true}"#, "trust-proxy", "trust_proxy"), (#"{"lisen":"x"}"#, "lisen", "listen"),
            (#"{"question_memory":"64"}"#, "question_memory", "whole number of MiB"),
            (#"{"question_memory_total":1}"#, "question_memory_total", "from 16"),
            (#"{"admin_token":null}"#, "admin_token", "text"), (#"{"log":"xml"}"#, "log", "text or json"),
            (#"["data"]"#, "JSON object", "list"), (#"{"data":"x",}"#, "malformed", "line 1"), ("", "JSON", "object"),
        ])
    func wrongFile(text: String, name: String, expected: String) async {
        let problem = await #expect(throws: Problem.self) { try await load(text) }
        #expect(problem?.code == .badSettings)
        #expect(problem?.message.contains(name) == true && problem?.message.contains(expected) == true, "\(problem?.message ?? "")")
        #expect(problem?.place?.contains("teahouse-settings-") == true, "\(problem?.place ?? "")")
    }
}

/// Files that a test writes and removes.
private enum OutputText {
    static func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    static func remove(_ path: String) { unlink(path) }
}
