import CZlib
import Columns
import Model
import OrderedCollections
import Testing

@testable import People

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files of the shared folder beside the package, gzip or plain.
enum SharedData {
    static let directory: String = {
        if let given = getenv("TEAHOUSE_SHARED") { return String(cString: given) }
        return #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/") + "/shared"
    }()

    static func bytes(_ path: String) -> [UInt8]? {
        guard let file = gzopen("\(directory)/\(path)", "rb") else { return nil }
        defer { gzclose(file) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = gzread(file, &buffer, UInt32(buffer.count))
            guard count > 0 else { return out }
            out += buffer[..<Int(count)]
        }
    }

    static func json(_ path: String) -> JSONValue? { bytes(path).flatMap { try? JSONParser.parse($0) } }
}

@Suite("Golden cases", .enabled(if: SharedData.bytes("conformance/cases/identity.json") != nil))
struct GoldenTests {
    @Test("Everyone and trait expressions of the conformance cases", arguments: ["identity", "asof", "accounts", "expression"])
    func conformance(area: String) throws {
        let cases = try #require(SharedData.json("conformance/cases/\(area).json")?.arrayValue)
        var asked = 0
        for item in cases where item["clock"] == nil {
            let bench = GoldenTests.bench(item)
            for ask in item["asks"]?.arrayValue ?? [] {
                guard let expression = ask["expression"], let expected = ask["expect"]?["count"]?.intValue else { continue }
                let asOf = ask["asOf"]?.stringValue.map { instant($0) }
                let view = bench.view(now: item["now"]?.stringValue ?? "", asOf: asOf)
                guard let found = GoldenTests.people(expression, view) else { continue }
                asked += 1
                #expect(found.count == Int(expected), "\(item["id"]?.stringValue ?? "") \(expression.text)")
                for value in ask["expect"]?["people"]?.arrayValue ?? [] {
                    let text = value.stringValue ?? ""
                    let isThere = found.contains { person in
                        view.population.knownIdentities(of: person).contains { $0.value == text }
                    }
                    #expect(isThere, "\(item["id"]?.stringValue ?? ""): \(text)")
                }
            }
        }
        #expect(asked > 0 || area == "accounts")
    }

    /// People for whom a small expression holds; nil for expressions that need the question engine.
    private static func people(_ expression: JSONValue, _ view: PeopleView) -> Set<UInt32>? {
        if expression["everyone"] != nil { return Set(view.population.persons) }
        if let key = expression["trait"]?.stringValue, expression["op"]?.stringValue == "=", let value = expression["value"],
            value.stringValue != nil || value.boolValue != nil
        {
            var found: Set<UInt32> = []
            view.population.forEachTrait(key) { person, held in if held == value { found.insert(person) } }
            return found
        }
        return nil
    }

    private static func bench(_ item: JSONValue) -> PeopleBench {
        var bench = PeopleBench(zone: item["timezone"]?.stringValue ?? "UTC", rowsPerPart: 3)
        for (index, entry) in (item["timeline"]?.arrayValue ?? []).enumerated() where entry["rejected"] == nil {
            guard let type = entry["do"]?.stringValue.flatMap({ CallType(text: $0) }), let at = entry["at"]?.stringValue else {
                continue
            }
            var traits = entry["context"]?["traits"] ?? [:]
            for (key, value) in entry["traits"]?.objectValue ?? [:] { traits = traits.setting([key], to: value) }
            bench.add(
                Call(
                    type: type, messageID: entry["messageId"]?.stringValue ?? "m\(index)", timestamp: instant(at),
                    receivedAt: instant(entry["receivedAt"]?.stringValue ?? at), userID: entry["userId"]?.stringValue,
                    anonymousID: entry["anonymousId"]?.stringValue, previousID: entry["previousId"]?.stringValue,
                    groupID: entry["groupId"]?.stringValue, event: type == .track ? entry["event"]?.stringValue : nil,
                    properties: entry["properties"] ?? [:], traits: traits, context: entry["context"] ?? [:],
                    source: PeopleBench.source))
        }
        return bench
    }

    @Test("Unions of a real graph, a join for every line", arguments: ["facebook_edges_where_(31u+17v)%37==0", "facebook_all"])
    func unions(name: String) throws {
        let oracle = try #require(SharedData.json("oracles/identity_and_hashes.json")?[name])
        let bytes = try #require(SharedData.bytes("data/facebook_ego/facebook_combined.txt.gz"))
        var edges: [(Int, Int)] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2 else { continue }
            if name == "facebook_all" || (31 * numbers[0] + 17 * numbers[1]) % 37 == 0 { edges.append((numbers[0], numbers[1])) }
        }
        #expect(edges.count == Int(try #require(oracle["alias_calls"]?.intValue)))
        var resolver = IdentityResolver(limits: .off)
        var ordinals: [Int: UInt32] = [:]
        for (index, edge) in edges.enumerated() {
            for node in [edge.0, edge.1] where ordinals[node] == nil { ordinals[node] = UInt32(ordinals.count) }
            resolver.resolve(
                .alias, identities: [edge.0, edge.1].compactMap { ordinals[$0] }, arrival: UInt64(index), receivedAt: .epoch,
                look: .init(type: { _ in .anonymousID }, firstSeen: { _ in .epoch }), decide: { _ in })
            if let expected = oracle["profiles_after_n_calls"]?[String(index + 1)]?.intValue {
                #expect(resolver.graph.personCount == Int(expected), "after \(index + 1) calls")
            }
        }
        #expect(resolver.graph.personCount == Int(try #require(oracle["profiles_left"]?.intValue)))
        #expect(resolver.graph.identityCount == Int(try #require(oracle["ids"]?.intValue)))
        var sizes: [String: Int64] = [:]
        let people = resolver.graph.personOfIdentity()
        for (index, person) in people.enumerated() where person == UInt32(index) {
            sizes[String(resolver.graph.identityCount(of: person)), default: 0] += 1
        }
        for (size, count) in oracle["cluster_size_histogram"]?.objectValue ?? [:] { #expect(sizes[size] == count.intValue) }
    }
}
