import HTTPTypes
import Model
import Testing

@testable import HTTPAPI

@Suite("Dormant points over the API") struct PointDormancyAPITests {
    private static let program = """
        {"name":"Tea club","currencies":[{"key":"points","no_expiry_in":["CA"],"dormancy":{"after_months":12,"notices_days":[30,7]}}]}
        """

    @Test("Rules are kept, nobody is dormant who has just earned, and points have no end where the law forbids it")
    func rules() async throws {
        try await APIFixtures.run { fixtures in
            let set = try await fixtures.send(.put, "/api/v1/program", Self.program, key: "program")
            #expect(set.status == 200, "\(set.text)")
            let read = try await fixtures.send(.get, "/api/v1/program")
            let currency = read["settings"]?["currencies"]?.arrayValue?.first
            #expect(currency?["dormancy"]?["notices_days"] == [30, 7] && currency?["no_expiry_in"] == ["CA"], "\(read.text)")
            _ = try await fixtures.send(.post, "/api/v1/program/members", #"{"identity":"user_id:ann"}"#, key: "m")
            let law = try await fixtures.send(
                .put, "/api/v1/program/members/user_id:ann/jurisdiction", #"{"jurisdiction":"CA-ON"}"#, key: "law")
            #expect(law.status == 200 && law["jurisdiction"] == "CA-ON", "\(law.text)")
            let earned = try await fixtures.send(
                .post, "/api/v1/points/earn", #"{"member":"user_id:ann","amount":10,"source":"a"}"#, key: "e")
            #expect(earned["expires_at"] == .null, "\(earned.text)")
            let dated = try await fixtures.send(
                .post, "/api/v1/points/earn",
                #"{"member":"user_id:ann","amount":10,"source":"b","expires_at":"2030-01-01T00:00:00Z"}"#, key: "f")
            #expect(dated["reasons"]?.arrayValue?.map { $0["code"] } == ["EXPIRY_FORBIDDEN"], "\(dated.text)")
            let list = try await fixtures.send(.get, "/api/v1/points/dormancy")
            #expect(list.status == 200 && list["dormancies"] == [], "\(list.text)")
            let notice = try await fixtures.send(
                .post, "/api/v1/points/dormancy/notices",
                #"{"member":"user_id:ann","days":7,"channel":"email","delivered":true}"#, key: "n")
            #expect(notice["reasons"]?.arrayValue?.map { $0["code"] } == ["DORMANCY_NONE"], "\(notice.text)")
            let none = try await fixtures.send(.post, "/api/v1/points/convert", #"{"member":"user_id:ann"}"#, key: "c")
            #expect(none["reasons"]?.arrayValue?.map { $0["code"] } == ["CONVERSION_NONE"], "\(none.text)")
            let coupon = Self.program.replacing(
                #""notices_days":"#, with: #""coupon":{"template":"spring","points":60},"notices_days":"#)
            let unknown = try await fixtures.send(.put, "/api/v1/program", coupon, key: "other")
            #expect(unknown["reasons"]?.arrayValue?.map { $0["code"] } == ["NOT_FOUND"], "\(unknown.text)")
            let unread = try await fixtures.send(
                .post, "/api/v1/points/convert", #"{"member":"user_id:ann","seen":{"hash":"x"}}"#, key: "d")
            #expect(unread.status == 400, "\(unread.text)")
            let bad = try await fixtures.send(.post, "/api/v1/points/dormancy/notices", #"{"member":"user_id:ann"}"#)
            #expect(bad.status == 400, "\(bad.text)")
        }
    }
}
