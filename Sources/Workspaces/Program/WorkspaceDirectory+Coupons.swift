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
        let found = try await place(typed: attempt.code, in: workspace)
        // Looked at before it is counted and answered after: right ones count for nothing however many come at once, and whoever guesses
        // at many places at the same moment is told no more than one after the other.
        for (subject, throttle) in attempt.subjects(in: workspace) {
            let now = clock.now
            let wait = try await records.updateThrottle(subject) { state -> Int? in
                if found != nil { return SignInThrottle.wait(state, at: now) }
                if case .wait(let seconds) = throttle.attempt(&state, at: now) { return seconds }
                return nil
            }
            guard let wait else { continue }
            throw Problem(
                .tooManyAttempts, "Too many wrong codes. Wait \(wait) s and try again.", status: 429, retryAfterSeconds: wait)
        }
        guard let found else {
            throw Problem(
                .unknownCoupon, "This is no code of a coupon. Look at it again and type it as it is printed.", place: "/code",
                status: 422)
        }
        return found
    }

    /// The place that a code names; nil for what is the code of no batch.
    private func place(
        typed code: String, in workspace: WorkspaceID
    ) async throws(Problem) -> CouponCodeCipher.Place? {
        guard let place = try await couponCipher(of: workspace).place(typed: code),
            let batch = try await programReader(of: workspace).couponBatch(Int64(place.batch)), place.index < UInt64(batch.count)
        else { return nil }
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
