package import Loyalty
public import Model
package import Records

/// Who types a code, for throttling those who guess.
public struct CouponCodeAttempt: Hashable, Sendable {
    /// As typed.
    public var code: String
    /// The network address of the person.
    public var address: String
    /// For whom; nil where somebody only looks.
    public var member: String?

    public init(_ code: String, address: String, member: String? = nil) {
        self.code = code
        self.address = address
        self.member = member
    }
}

/// The codes of coupons: taken out for the printer, and read when somebody types one.
extension WorkspaceDirectory {
    /// The codes of a batch; that they were taken out is noted first, with who did it and how many there are.
    ///
    /// - Throws: ``Problem`` with code `not_found`, or `refused` (409) when the batch is closed.
    package func couponCodes(
        of number: Int64, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> CouponCodeList {
        guard let batch = try await programReader(of: workspace).couponBatch(number) else {
            throw Problem(.notFound, "There is no batch \(number).", status: 404)
        }
        let cipher = try await couponCipher(of: workspace)
        let answer = try await perform(ChangeCouponBatch(number, to: .exported), id: nil, in: workspace, by: actor)
        guard !answer.isRefused else {
            throw Problem(
                Problem.Code("refused"), "The batch \(number) is closed: its codes cannot be claimed any more.", status: 409)
        }
        return CouponCodeList(batch, cipher)
    }

    /// What a typed code stands for; a wrong one is counted, and after some of them the next has to wait.
    ///
    /// - Throws: ``Problem`` with code `unknown_coupon_code` (422), or `too_many_attempts` (429) with the seconds to wait.
    package func couponPlace(
        _ attempt: CouponCodeAttempt, in workspace: WorkspaceID
    ) async throws(Problem) -> CouponCodeCipher.Place {
        _ = try settings(of: workspace)
        let subjects = attempt.subjects(in: workspace)
        // Counted before the code is looked at and taken back when it is right, so that many at once gain nothing.
        for (subject, throttle) in subjects {
            let now = clock.now
            if case .wait(let seconds) = try await records.updateThrottle(subject, { throttle.attempt(&$0, at: now) }) {
                throw Problem(
                    .tooManyAttempts, "Too many wrong codes. Wait \(seconds) s and try again.", status: 429,
                    retryAfterSeconds: seconds)
            }
        }
        guard let place = try await couponCipher(of: workspace).place(typed: attempt.code),
            let batch = try await programReader(of: workspace).couponBatch(Int64(place.batch)), place.index < UInt64(batch.count)
        else {
            throw Problem(
                .unknownCoupon, "This is no code of a coupon. Look at it again and type it as it is printed.", place: "/code",
                status: 422)
        }
        for (subject, throttle) in subjects { try await records.updateThrottle(subject) { throttle.succeed(&$0) } }
        return place
    }

    /// The code of a coupon that came from a batch, as it is printed.
    package func couponCode(
        _ place: CouponCodeCipher.Place, length: Int, in workspace: WorkspaceID
    ) async throws(Problem) -> CouponCode? {
        try await couponCipher(of: workspace).code(place, length: length)
    }

    /// The printed code of a coupon; nil for one that came from none.
    package func couponCode(of coupon: String, in workspace: WorkspaceID) async throws(Problem) -> CouponCode? {
        guard let place = CouponCodeCipher.Place(couponID: coupon),
            let batch = try await programReader(of: workspace).couponBatch(Int64(place.batch))
        else { return nil }
        return try await couponCode(place, length: batch.codeLength, in: workspace)
    }

    private func couponCipher(of workspace: WorkspaceID) async throws(Problem) -> CouponCodeCipher {
        CouponCodeCipher(secret: try await records.secret(CouponCodeCipher.secretName(of: workspace), fresh: Secret.bytes()))
    }
}

extension CouponCodeAttempt {
    /// Under which names the attempt is throttled.
    fileprivate func subjects(in workspace: WorkspaceID) -> [(String, SignInThrottle)] {
        let address: (String, SignInThrottle) = ("coupon-address:\(workspace.text):\(address.prefix(100))", .codesOfAddress)
        guard let member else { return [address] }
        return [("coupon-member:\(workspace.text):\(KeyDigest(of: member).hex)", .codesOfPerson), address]
    }
}

extension Problem.Code {
    /// What was typed is no code of a coupon.
    public static let unknownCoupon = Problem.Code("unknown_coupon_code")
}
