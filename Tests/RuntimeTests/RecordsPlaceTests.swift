import Logging
import Model
import Records
import TestSupport
import Testing
import Workspaces

@testable import Runtime

struct RecordsPlaceTests {
    @Test(
        "What is made in PostgreSQL is there after opening again, and the data folder then has no database",
        .enabled(if: TestPostgres.isHere, "\(TestPostgres.absence)"))
    func postgres() async throws {
        let folder = try TestFolder()
        let place = RecordsPlace.postgres(try TestPostgres.shared().database())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let first = try await Server.openDirectory(folder.path, records: place, logger: logger)
        let created = try await first.create(name: "茶馆", timezone: "Asia/Shanghai", currency: "CNY", by: .commandLine)
        await first.close()
        let second = try await Server.openDirectory(folder.path, records: place, logger: logger)
        #expect(second.workspaces() == [created.workspace])
        await second.close()
        #expect(folder.files().allSatisfy { !$0.hasSuffix("records.sqlite") })
    }
}
