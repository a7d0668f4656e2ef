import Model

/// The four cells of users and customers as stages of a question: of their rules exactly one holds for everybody.
enum RoleCells {
    /// From use to payment, those who do neither last.
    static let order: [RoleCell] = [.userOnly, .both, .customerOnly, .neither]

    static let stages: JSONValue = .array(order.map { ["name": .string($0.rawValue), "rule": rule($0)] })

    static func rule(_ cell: RoleCell) -> JSONValue {
        let (user, customer): (JSONValue, JSONValue) = (["role": "user"], ["role": "customer"])
        return switch cell {
        case .userOnly: ["all": [user, ["not": customer]]]
        case .both: ["all": [user, customer]]
        case .customerOnly: ["all": [customer, ["not": user]]]
        case .neither: ["all": [["not": user], ["not": customer]]]
        }
    }

    static func name(_ cell: RoleCell) -> KeyPath<Catalogue, Text> {
        switch cell {
        case .userOnly: \.common.userOnly
        case .both: \.common.both
        case .customerOnly: \.common.customerOnly
        case .neither: \.common.neither
        }
    }

    static func hint(_ cell: RoleCell) -> KeyPath<Catalogue, Text> {
        switch cell {
        case .userOnly: \.home.userOnlyHint
        case .both: \.home.bothHint
        case .customerOnly: \.home.customerOnlyHint
        case .neither: \.home.neitherHint
        }
    }

    static func style(_ cell: RoleCell) -> ChartStyle {
        switch cell {
        case .userOnly: .user
        case .both: .both
        case .customerOnly: .customer
        case .neither: .quiet
        }
    }
}
