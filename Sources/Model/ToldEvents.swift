/// Events of a person that nobody did: the loyalty program tells them, of points that have ended as of coupons that were used.
///
/// They are found by their names, and are no activity: whoever has no others is not active, and they begin no visit.
public enum ToldEvents {
    public static let names: Set<String> = [
        "Points Earned", "Points Spent", "Points Expired", "Points Returned", "Points Taken Back", "Points Cancelled",
        "Points Sent",
        "Points Received", "Points Donated", "Points Reinstated", "Points Adjusted", "Coupon Redeemed", "Coupon Returned",
        "Benefit Used", "Benefit Returned",
    ]
}
