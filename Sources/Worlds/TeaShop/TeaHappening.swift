/// One call of the shop before it is written: what, when, who and two numbers whose meaning depends on the kind.
struct TeaHappening {
    /// What happens.
    enum Kind: UInt8, CaseIterable {
        case page, screen, listViewed, searched, viewed, added, removed, cartViewed, checkoutStarted, couponApplied, paymentFailed
        case orderCompleted, orderRefunded, reviewed, shared, signedUp, signedIn, appOpened, teaBrewed, lessonCompleted
        /// No events: they have no name.
        case identify, group

        /// The event's name as questions know it; nil for identify and group.
        var eventName: String? {
            switch self {
            case .page: "page"
            case .screen: "screen"
            case .listViewed: "Product List Viewed"
            case .searched: "Products Searched"
            case .viewed: "Product Viewed"
            case .added: "Product Added"
            case .removed: "Product Removed"
            case .cartViewed: "Cart Viewed"
            case .checkoutStarted: "Checkout Started"
            case .couponApplied: "Coupon Applied"
            case .paymentFailed: "Payment Failed"
            case .orderCompleted: "Order Completed"
            case .orderRefunded: "Order Refunded"
            case .reviewed: "Product Reviewed"
            case .shared: "Product Shared"
            case .signedUp: "Signed Up"
            case .signedIn: "Signed In"
            case .appOpened: "App Opened"
            case .teaBrewed: "Tea Brewed"
            case .lessonCompleted: "Lesson Completed"
            case .identify, .group: nil
            }
        }

        /// The step of the funnel Product Viewed → Product Added → Checkout Started → Order Completed.
        var funnelStep: Int? {
            switch self {
            case .viewed: 0
            case .added: 1
            case .checkoutStarted: 2
            case .orderCompleted: 3
            default: nil
            }
        }
    }

    /// Milliseconds UTC.
    let time: Int64
    let human: Int32
    /// -1 for what the server tells.
    let device: Int32
    let kind: Kind
    /// Whether the call carries the human's user id.
    let isKnown: Bool
    /// Whether it stands in a visit that the campaign brought.
    let isCampaign: Bool
    /// A broken page of the bad week sends the text `undefined` as user id.
    let hasBrokenUserID: Bool
    let first: Int32
    let second: Int32
}
