package import Model
import OrderedCollections
package import Records

/// What product codes grant, and who has it from which code.
extension ProgramTables {
    /// Whether there is a batch of codes for a product.
    func isProduct(_ product: String) throws(Problem) -> Bool {
        try first("SELECT 1 FROM product_batches WHERE workspace = ? AND product = ? LIMIT 1", values(.text(product))) {
            reader throws(Problem) in try reader.integer()
        } != nil
    }

    /// The newest version of what a product grants; nil when nothing was ever said.
    func productGrants(of product: String) throws(Problem) -> (version: Int64, rules: [ProductCodeRights.Rule])? {
        try first(
            "SELECT version, rules FROM product_grant_rules WHERE workspace = ? AND product = ? ORDER BY version DESC LIMIT 1",
            values(.text(product))
        ) { reader throws(Problem) in
            (try reader.integer(), (try reader.json().arrayValue ?? []).compactMap(ProductCodeRights.Rule.init(json:)))
        }
    }

    /// The newest version for each product, by its name.
    func productGrants() throws(Problem) -> [(product: String, rules: [ProductCodeRights.Rule])] {
        try list(
            """
            SELECT product, rules FROM product_grant_rules r WHERE workspace = ? AND version =
                (SELECT MAX(version) FROM product_grant_rules WHERE workspace = r.workspace AND product = r.product)
            ORDER BY product
            """, values()
        ) { reader throws(Problem) in
            (try reader.text(), (try reader.json().arrayValue ?? []).compactMap(ProductCodeRights.Rule.init(json:)))
        }
    }

    func insertProductGrants(
        _ text: String, of product: String, version: Int64, by actor: Actor, at now: Instant
    ) throws(Problem) {
        try connection.execute(
            "INSERT INTO product_grant_rules (workspace, product, version, rules, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            values(.text(product), .integer(version), .text(text), .text(actor.text), .instant(now)))
    }

    /// Who has registered a code, and of what it is; nil when nobody ever has.
    func registeredProduct(_ place: ProductPlace) throws(Problem) -> (who: Identity?, product: String)? {
        try first(
            """
            SELECT r.who_type, r.who, b.product FROM product_registrations r JOIN product_batches b
                ON b.workspace = r.workspace AND b.number = r.batch
            WHERE r.workspace = ? AND r.batch = ? AND r.serial = ?
            """, values(.count(place.batch), .count(place.serial))
        ) { reader throws(Problem) in (try reader.optionalIdentity(), try reader.text()) }
    }

    /// Whether nobody may register a code.
    func isBlocked(_ place: ProductPlace) throws(Problem) -> Bool {
        try connection.row(
            "SELECT 1 FROM product_code_blocks WHERE workspace = ? AND batch = ? AND serial = ?",
            values(.count(place.batch), .count(place.serial))) != nil
    }

    /// Who has what a code grants.
    func productRights(_ place: ProductPlace) throws(Problem) -> ProductCodeRights.Registration? {
        try first(
            "SELECT holder, times, at FROM product_code_rights WHERE workspace = ? AND batch = ? AND serial = ?",
            values(.count(place.batch), .count(place.serial))
        ) { reader throws(Problem) in
            ProductCodeRights.Registration(
                who: try reader.optionalText().map { BenefitParty($0) }, times: try reader.count(), at: try reader.instant())
        }
    }

    func set(_ registration: ProductCodeRights.Registration, at place: ProductPlace) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO product_code_rights (workspace, batch, serial, holder, times, at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, batch, serial) DO UPDATE SET holder = excluded.holder, times = excluded.times, at = excluded.at
            """,
            values(
                .count(place.batch), .count(place.serial), .optional(registration.who?.text), .count(registration.times),
                .instant(registration.at)))
    }

    func deleteDue(_ place: ProductPlace) throws(Problem) {
        try connection.execute(
            "DELETE FROM product_codes_due WHERE workspace = ? AND batch = ? AND serial = ?",
            values(.count(place.batch), .count(place.serial)))
    }
}

extension ProgramReader {
    /// What registered codes grant, by the product's name.
    package func productGrants() async throws(Problem) -> [(product: String, rules: [ProductCodeRights.Rule])] {
        try await read { tables throws(Problem) in try tables.productGrants() }
    }

    /// Codes whose registration has changed since benefits followed it.
    package func productCodesDue(limit: Int) async throws(Problem) -> [ProductPlace] {
        try await read { tables throws(Problem) in
            try tables.list(
                "SELECT batch, serial FROM product_codes_due WHERE workspace = ? ORDER BY batch, serial LIMIT ?",
                tables.values(.count(limit))
            ) { reader throws(Problem) in ProductPlace(batch: try reader.count(), serial: try reader.count()) }
        }
    }

    /// The workspaces in which benefits have not followed all registrations.
    package static func workspacesWithDueCodes(_ records: RecordStore) async throws(Problem) -> [WorkspaceID] {
        try await records.engine.read { connection throws(Problem) in
            try connection.rows("SELECT DISTINCT workspace FROM product_codes_due", []).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.id()
            }
        }
    }
}
