import FoundationEssentials
import Model
import Runtime
import TestSupport
import Testing

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

    @Test("An empty admin token is none")
    func emptyToken() throws {
        #expect(try ServerSettings(data: "d", listen: ":1", adminToken: "").adminToken == nil)
        #expect(try ServerSettings(data: "d", listen: ":1", adminToken: "t").adminToken == "t")
    }

    @Test("A missing configuration file is named")
    func missingFile() async {
        await #expect {
            try await ServerSettings.load(data: nil, listen: nil, log: nil, trustsProxy: false, file: "/nonexistent/teahouse.json")
        } throws: { error in
            (error as? Problem)?.place == "/nonexistent/teahouse.json"
        }
    }

    @Test(
        "A configuration file is read; a misspelt setting, one of a wrong type and what is no object are refused by name",
        arguments: [
            (#"{"data": "there", "listen": ":9", "log": "json", "trust_proxy": true, "admin_token": "t"}"#, nil),
            (#"{"date": "there"}"#, "date"), (#"{"data": 5}"#, "data"), (#"{"trust_proxy": "yes"}"#, "trust_proxy"),
            ("[]", "object"), ("{", "malformed"),
        ] as [(String, String?)])
    func files(text: String, word: String?) async throws {
        let folder = try TestFolder()
        let file = folder.path("teahouse.json")
        try Data(text.utf8).write(to: URL(filePath: file))
        do {
            let settings = try await ServerSettings.load(data: nil, listen: nil, log: nil, trustsProxy: false, file: file)
            #expect(word == nil && settings.data == "there" && settings.port == 9 && settings.log == .json)
            #expect(settings.trustsProxy && settings.adminToken == "t")
        } catch {
            #expect(error.place == file)
            #expect(word.map { error.message.contains($0) } == true, "\(error)")
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
}
