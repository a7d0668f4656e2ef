/// Which of the four cells of users and customers a person stands in.
public enum RoleCell: String, Sendable, Hashable, CaseIterable {
    case userOnly = "user_only"
    case customerOnly = "customer_only"
    case both
    case neither

    public init(isUser: Bool, isCustomer: Bool) {
        self =
            switch (isUser, isCustomer) {
            case (true, true): .both
            case (true, false): .userOnly
            case (false, true): .customerOnly
            case (false, false): .neither
            }
    }
}
