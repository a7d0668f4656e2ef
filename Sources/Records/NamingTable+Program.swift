/// The tables of the program in which people may be named: what an erasure changes there is what a check looks at.
extension NamingTable {
    package static let programIdentities = NamingTable(
        name: "loyalty_identities", key: ["workspace", "type", "value"], people: [("type", "value")])
    package static let programCommands = NamingTable(
        name: "loyalty_commands", key: ["workspace", "id"], texts: ["id"], json: ["content", "answer"])
    package static let programFacts = NamingTable(name: "program_facts", key: ["workspace", "id"], texts: ["id"], json: ["fact"])
    package static let pointEntries = NamingTable(
        name: "point_entries", key: ["workspace", "member", "currency", "position"], texts: ["command"])
    package static let pointAdjustments = NamingTable(
        name: "point_adjustments", key: ["workspace", "id"], texts: ["id", "note"])
    package static let orderFacts = NamingTable(
        name: "earning_order_facts", key: ["workspace", "program", "order_id", "message_id"], texts: ["order_id", "message_id"],
        json: ["properties", "context"])

    /// Those whose ids and documents may quote somebody, such as the number of an order that was made from an address.
    package static let programIDs = [
        NamingTable(
            name: "point_lots", key: ["workspace", "member", "currency", "number"], texts: ["source", "line", "rule"]),
        NamingTable(
            name: "point_earnings", key: ["workspace", "currency", "source", "line", "rule"], texts: ["source", "line", "rule"]),
        NamingTable(
            name: "earning_awards", key: ["workspace", "currency", "source", "line", "rule"], texts: ["source", "line", "rule"],
            json: ["limits"]),
        NamingTable(
            name: "earning_orders", key: ["workspace", "program", "order_id"], texts: ["order_id"]),
        NamingTable(
            name: "earning_order_lines", key: ["workspace", "program", "order_id", "product", "rule"],
            texts: ["order_id", "product"], json: ["limits"]),
        NamingTable(
            name: "earning_order_coupons", key: ["workspace", "program", "order_id", "code"], texts: ["order_id", "code"],
            json: ["reasons"]),
        NamingTable(name: "loyalty_limits", key: ["workspace", "area", "name", "subject", "period"], texts: ["subject"]),
        NamingTable(name: "loyalty_mentions", key: ["workspace", "name", "command"], texts: ["name", "command"]),
        NamingTable(
            name: "point_openings", key: ["workspace", "currency", "source"], texts: ["source", "command"]),
        NamingTable(name: "point_offers", key: ["workspace", "id"], texts: ["id", "invited_value"]),
        NamingTable(name: "paid_plans", key: ["workspace", "id"], texts: ["id", "payer", "beneficiary"]),
        NamingTable(name: "paid_plan_facts", key: ["workspace", "id", "position"], texts: ["id"]),
        NamingTable(name: "gifted_plans", key: ["workspace", "id"], texts: ["id", "payer", "recipient", "accepted_by"]),
        NamingTable(name: "coupon_orders", key: ["workspace", "order_id"], texts: ["order_id"]),
        NamingTable(name: "coupons", key: ["workspace", "id"], texts: ["referrer", "ending_reason"]),
        NamingTable(
            name: "coupon_reservations", key: ["workspace", "coupon"], texts: ["order_id"],
            json: ["discount", "charges", "trimmed_by"]),
        NamingTable(
            name: "coupon_redemptions", key: ["workspace", "coupon", "position"], texts: ["order_id"],
            json: ["discount", "charges", "returned_units"]),
        NamingTable(
            name: "benefit_grants", key: ["workspace", "member", "benefit", "id"],
            texts: ["id", "payer", "source", "series", "reason"]),
        NamingTable(name: "benefit_uses", key: ["workspace", "id"], texts: ["id", "used_by"], json: ["parts"]),
        NamingTable(
            name: "benefit_caps", key: ["workspace", "member", "benefit", "used_by", "set_by"], texts: ["used_by", "set_by"]),
        NamingTable(name: "benefit_gifts", key: ["workspace", "id"], texts: ["id"]),
        NamingTable(name: "benefit_pools", key: ["workspace", "member", "benefit"], json: ["roles"]),
        NamingTable(
            name: "benefit_purchases", key: ["workspace", "id"], texts: ["id", "payer", "source", "series", "buyer", "approver"]),
    ]

    /// All of them.
    static let program =
        [programIdentities, programCommands, programFacts, pointEntries, pointAdjustments, orderFacts] + programIDs

    /// What members of the team have typed about the program, which an erasure does not change.
    static let programSettings = [
        NamingTable(name: "loyalty_programs", key: ["workspace", "version"], json: ["settings"]),
        NamingTable(name: "earning_programs", key: ["workspace", "program"], texts: ["program"], json: ["versions"]),
        NamingTable(name: "coupon_templates", key: ["workspace", "name", "version"], texts: ["name"], json: ["template"]),
        NamingTable(
            name: "benefit_definitions", key: ["workspace", "benefit", "version"], texts: ["benefit"], json: ["definition"]),
        // Who pays for points is a part of what was booked.
        NamingTable(
            name: "point_entries", key: ["workspace", "member", "currency", "position"],
            texts: ["funded_by", "source_account", "target_account"]),
        NamingTable(name: "point_lots", key: ["workspace", "member", "currency", "number"], texts: ["funded_by", "colours"]),
        NamingTable(name: "point_spendings", key: ["workspace", "member", "currency", "number"], texts: ["campaign"]),
    ]
}
