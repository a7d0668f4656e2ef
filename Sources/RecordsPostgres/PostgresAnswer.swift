import CPostgres
import Model
import Records

/// What the server answered to one run of a statement.
final class PostgresAnswer {
    private let result: OpaquePointer

    /// Takes the result over.
    init(result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    /// Why there is no answer; nil when there is one.
    var failure: PostgresFailure? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_PIPELINE_SYNC: nil
        default: PostgresFailure(state: field(CChar(UInt8(ascii: "C"))), endsConnection: endsConnection)
        }
    }

    private var endsConnection: Bool { ["FATAL", "PANIC"].contains(field(CChar(UInt8(ascii: "V")))) }

    /// A field of the failure; the letters are those of the server's protocol, PG_DIAG_… in libpq.
    private func field(_ letter: CChar) -> String {
        PQresultErrorField(result, Int32(letter)).map { String(cString: $0) } ?? ""
    }

    /// How many rows the statement changed.
    var changedRowCount: Int { PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// The command that was carried out, such as `COMMIT`.
    var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    /// The rows of a query.
    func rows() throws(PostgresFailure) -> [SQLRow] {
        let types = (0 ..< PQnfields(result)).map { PQftype(result, $0) }
        var rows: [SQLRow] = []
        for row in 0 ..< PQntuples(result) {
            var values: [SQLValue] = []
            values.reserveCapacity(types.count)
            for (column, type) in types.enumerated() { values.append(try value(row, Int32(column), type)) }
            rows.append(SQLRow(values: values))
        }
        return rows
    }

    // The numbers of types in PostgreSQL's catalogue (src/include/catalog/pg_type.dat) never change.
    private func value(_ row: Int32, _ column: Int32, _ type: Oid) throws(PostgresFailure) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
            .assumingMemoryBound(to: UInt8.self)
        switch type {
        case 16: return .integer(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        case 20, 21, 23, 1_700:
            // Sums of integers are numeric.
            guard let number = Int64(String(decoding: bytes, as: UTF8.self)) else { throw PostgresFailure(state: "22003") }
            return .integer(number)
        case 19, 25, 1_042, 1_043: return .text(PostgresText.text(bytes))
        default: return .null
        }
    }
}
