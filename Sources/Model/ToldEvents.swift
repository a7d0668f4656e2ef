/// Events of a person that nobody did: the loyalty program tells them, of points that have ended as of coupons that were used.
///
/// They are found by their names, and are no activity: whoever has no others is not active, and they begin no visit.
public enum ToldEvents {
    public static let names: Set<String> = [
        "Points Earned", "Points Spent", "Points Expired", "Points Returned", "Points Taken Back", "Points Cancelled",
        "Points Sent", "Points Received", "Points Donated", "Points Reinstated", "Points Adjusted", "Points Imported",
        "Coupon Granted", "Coupon Claimed", "Coupon Reserved", "Coupon Revoked", "Coupon Transferred", "Coupon Received",
        "Coupon Redeemed", "Coupon Returned", "Coupon Expiring", "Benefit Granted", "Benefit Ended", "Benefit Used",
        "Benefit Returned", "Points Dormancy Notice",
        "Points Dormancy Extended", "Points Dormancy Ended", "Points Offered", "Points Offer Declined", "Plan Trial Started",
        "Plan Paid", "Plan Period Started", "Plan Renewal Noticed", "Plan Payment Due", "Plan Cancellation Asked",
        "Plan Cancelled", "Plan Expired", "Plan Refunded", "Plan Savings Credited", "Plan Given", "Plan Gift Accepted",
        "Plan Gift Declined", "Plan Gift Withdrawn", "Plan Gift Expired", "Product Benefits Granted",
        "Product Benefits Ended",
    ]
}
