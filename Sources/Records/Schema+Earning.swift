extension Schema {
    static let thirteenth = Migration(
        version: 13, name: "earning programs, limits, orders",
        statements: [
            """
            CREATE TABLE earning_programs (
                workspace TEXT NOT NULL REFERENCES workspaces (id), program TEXT NOT NULL, revision BIGINT NOT NULL,
                changed_at BIGINT NOT NULL, versions TEXT NOT NULL, PRIMARY KEY (workspace, program))
            """,
            """
            CREATE TABLE earning_limits (
                workspace TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, period TEXT NOT NULL, used BIGINT NOT NULL,
                PRIMARY KEY (workspace, name, subject, period))
            """,
            """
            CREATE TABLE earning_orders (
                workspace TEXT NOT NULL, program TEXT NOT NULL, order_id TEXT NOT NULL, member BIGINT,
                PRIMARY KEY (workspace, program, order_id))
            """,
            """
            CREATE TABLE earning_order_facts (
                workspace TEXT NOT NULL, program TEXT NOT NULL, order_id TEXT NOT NULL, message_id TEXT NOT NULL, event TEXT NOT NULL,
                happened_at BIGINT NOT NULL, currency TEXT NOT NULL, properties TEXT NOT NULL, context TEXT NOT NULL,
                PRIMARY KEY (workspace, program, order_id, message_id))
            """,
            """
            CREATE TABLE earning_order_lines (
                workspace TEXT NOT NULL, program TEXT NOT NULL, order_id TEXT NOT NULL, product TEXT NOT NULL, rule TEXT NOT NULL,
                generation BIGINT NOT NULL, points BIGINT NOT NULL, units BIGINT NOT NULL, returned_units BIGINT NOT NULL,
                withdrawn SMALLINT NOT NULL, limits TEXT NOT NULL,
                PRIMARY KEY (workspace, program, order_id, product, rule))
            """,
            """
            CREATE TABLE earning_order_coupons (
                workspace TEXT NOT NULL, program TEXT NOT NULL, order_id TEXT NOT NULL, code TEXT NOT NULL,
                given_back SMALLINT NOT NULL, PRIMARY KEY (workspace, program, order_id, code))
            """,
        ])
}
