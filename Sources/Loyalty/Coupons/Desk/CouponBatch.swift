public import Model
import Records

/// Codes of one template version, made at once; the coupons behind them come to be when somebody claims one.
public struct CouponBatch: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case ready, exported
        /// No more of its codes can be claimed; those that were stay.
        case closed
        /// As closed: the codes were made wrongly.
        case voided
    }

    /// 1, 2, … within the program: it stands in each of the codes.
    public let number: Int64
    public let template: CouponTemplateKey
    /// Its codes have the indexes 0 ..< `count`.
    public let count: Int64
    /// Symbols of a code without the check.
    public let codeLength: Int
    public var state: State
    /// How often the codes were taken out.
    public var exportedCount: Int64
    /// Who did it last.
    public var exportedBy: String?
    public let createdAt: Instant

    /// Whether its codes can be claimed.
    public var isOpen: Bool { state == .ready || state == .exported }
}

extension ProgramTables {
    // MARK: - Templates

    /// The newest version of a template, or one of them.
    func couponTemplate(_ name: String, version: Int? = nil) throws(Problem) -> CouponTemplate? {
        let condition = version == nil ? "" : "AND version = ?"
        let json = try first(
            "SELECT template FROM coupon_templates WHERE workspace = ? AND name = ? \(condition) ORDER BY version DESC LIMIT 1",
            values(.text(name)) + (version.map { [.count($0)] } ?? [])
        ) { reader throws(Problem) in try reader.word { CouponRows.json($0) } }
        return try json.map { json throws(Problem) in try CouponTemplate(kept: json) }
    }

    func insert(_ template: CouponTemplate, actor: Actor, at now: Instant) throws(Problem) {
        try connection.execute(
            "INSERT INTO coupon_templates (workspace, name, version, template, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            values(
                .text(template.key.name), .count(template.key.version), .text(template.json.text), .text(actor.text), .instant(now))
        )
    }

    // MARK: - Batches

    func couponBatch(_ number: Int64) throws(Problem) -> CouponBatch? {
        try couponBatches(where: "AND number = ?", [.integer(number)]).first
    }

    /// Batches that a condition names, the newest first.
    func couponBatches(where condition: String = "", _ more: [SQLValue] = []) throws(Problem) -> [CouponBatch] {
        try list(
            """
            SELECT number, template, version, count, code_length, state, exported_count, exported_by, created_at FROM coupon_batches
            WHERE workspace = ? \(condition) ORDER BY number DESC
            """, [.text(workspace.text)] + more
        ) { reader throws(Problem) in
            CouponBatch(
                number: try reader.integer(), template: CouponTemplateKey(name: try reader.text(), version: try reader.count()),
                count: try reader.integer(), codeLength: try reader.count(),
                state: try reader.word { CouponBatch.State(rawValue: $0) }, exportedCount: try reader.integer(),
                exportedBy: try reader.optionalText(), createdAt: try reader.instant())
        }
    }

    /// The greatest number, and how many codes of a length there are.
    func couponCodes(length: Int) throws(Problem) -> (lastBatch: Int64, codes: Int64) {
        try first(
            """
            SELECT COALESCE(MAX(number), 0), CAST(COALESCE(SUM(CASE WHEN code_length = ? THEN count ELSE 0 END), 0) AS BIGINT)
            FROM coupon_batches
            WHERE workspace = ?
            """, [.count(length), .text(workspace.text)]
        ) { reader throws(Problem) in (try reader.integer(), try reader.integer()) } ?? (0, 0)
    }

    func set(_ batch: CouponBatch) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO coupon_batches (workspace, number, template, version, count, code_length, state, exported_count, exported_by,
                created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, number) DO UPDATE SET state = excluded.state, exported_count = excluded.exported_count,
                exported_by = excluded.exported_by
            """,
            values(
                .integer(batch.number), .text(batch.template.name), .count(batch.template.version), .integer(batch.count),
                .count(batch.codeLength), .text(batch.state.rawValue), .integer(batch.exportedCount), .optional(batch.exportedBy),
                .instant(batch.createdAt)))
    }
}
