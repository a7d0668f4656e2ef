import Model
import People
import Records

/// Somebody wants to register a code.
struct ProductAttempt: Hashable, Sendable {
    var who: Identity
    /// As typed.
    var code: String
    var address: String
    /// Who sends it: the source of the calls that come of it.
    var source: SourceID
}

/// Decides about attempts one after another, each by what those before it have changed; does no I/O.
struct ProductJudge {
    enum Verdict {
        case answer(ProductAnswer)
        case refusal(Problem)
        /// Somebody else by name has the code: whether it is another person is for the graph of people to say.
        case held(RegisteredProduct)
    }

    let workspace: WorkspaceID
    let cipher: ProductCodeCipher
    let batches: [Int: ProductBatch]
    /// Who paid for the batches' orders, where they are known.
    let customers: [String: Identity]
    let calendar: ZoneCalendar
    let now: Instant
    private(set) var state: ProductState
    private var touchedPlaces: [ProductPlace] = []
    private var touchedSubjects: Set<String> = []
    private var counts: [Int: Int] = [:]
    private var lines: [SourceID: String] = [:]

    init(
        workspace: WorkspaceID, cipher: ProductCodeCipher, batches: [Int: ProductBatch], customers: [String: Identity],
        calendar: ZoneCalendar, now: Instant, state: ProductState
    ) {
        self.workspace = workspace
        self.cipher = cipher
        self.batches = batches
        self.customers = customers
        self.calendar = calendar
        self.now = now
        self.state = state
    }

    /// The batch and serial that a typed code says; nil for what was not made here.
    static func place(
        _ code: String, _ cipher: ProductCodeCipher, _ batches: [Int: ProductBatch]
    ) -> ProductPlace? {
        guard let place = cipher.place(typed: code), let batch = batches[place.batch], place.serial < batch.count else {
            return nil
        }
        return place
    }

    /// Under which names an attempt is throttled.
    static func subjects(of attempt: ProductAttempt, in workspace: WorkspaceID) -> [(String, SignInThrottle)] {
        [
            ("code-person:\(workspace.text):\(KeyDigest(of: attempt.who.text).hex)", .codesOfPerson),
            ("code-address:\(workspace.text):\(attempt.address)", .codesOfAddress),
        ]
    }

    mutating func judge(_ attempt: ProductAttempt) -> Verdict {
        let subjects = ProductJudge.subjects(of: attempt, in: workspace)
        if let seconds = subjects.compactMap({ SignInThrottle.wait(state.throttles[$0.0], at: now) }).max() {
            return .refusal(
                Problem(
                    .tooManyAttempts, "Too many wrong codes. Wait \(seconds) s and try again.", status: 429,
                    retryAfterSeconds: seconds))
        }
        guard let place = ProductJudge.place(attempt.code, cipher, batches), let batch = batches[place.batch] else {
            for (subject, throttle) in subjects {
                _ = throttle.attempt(&state.throttles[subject], at: now)
                touchedSubjects.insert(subject)
            }
            return .refusal(
                Problem(
                    .unknownProduct, "This is no product code. Look at it again and type it as it is printed.", place: "/code",
                    status: 422))
        }
        guard state.blocks[place] == nil else {
            return .refusal(
                Problem(
                    .codeBlocked, "This code is blocked: nobody can register it. Ask whoever sold the goods.", place: "/code",
                    status: 422))
        }
        let known = state.registrations[place]
        if let known, let who = known.who {
            let product = RegisteredProduct(code: cipher.code(place), batch: batch, registration: known)
            return who == attempt.who ? .answer(.known(product)) : .held(product)
        }
        let product = give(place, of: batch, to: attempt.who, times: (known?.times ?? 0) + 1, at: now, source: attempt.source)
        return .answer(.registered(product))
    }

    /// Makes the code theirs.
    @discardableResult
    mutating func give(
        _ place: ProductPlace, of batch: ProductBatch, to who: Identity, times: Int, at instant: Instant, source: SourceID
    ) -> RegisteredProduct {
        let until = batch.warrantyMonths.map { calendar.date(at: instant).advanced(byMonths: $0) }
        let registration = ProductRegistration(
            workspace: workspace, place: place, who: who, times: times, registeredAt: instant, warrantyUntil: until)
        let product = RegisteredProduct(code: cipher.code(place), batch: batch, registration: registration)
        var writer = ProductCallWriter(code: product.code, times: times, at: instant)
        writer.registered(product, by: who)
        if let reseller = ties(\.reseller, of: batch, to: who) { writer.declare(.reseller, of: reseller, to: who) }
        if ties(\.orderID, of: batch, to: who) != nil, let customer = customer(of: batch, other: who) {
            writer.declare(.payer, of: customer, to: who)
            writer.declare(.beneficiary, of: who, to: customer)
        }
        lines[source, default: ""] += writer.lines
        set(registration, of: batch, for: who, by: 1)
        return product
    }

    /// Takes the code away from whom it was given by mistake.
    mutating func takeBack(_ known: ProductRegistration, of batch: ProductBatch, from holder: Identity, source: SourceID) {
        var registration = known
        registration.who = nil
        registration.warrantyUntil = nil
        set(registration, of: batch, for: holder, by: -1)
        var writer = ProductCallWriter(code: cipher.code(known.place), times: known.times, at: now)
        writer.takenBack(from: holder)
        if let reseller = ties(\.reseller, of: batch, to: holder) {
            writer.declare(.reseller, of: reseller, to: holder, isDeleted: true)
        }
        if ties(\.orderID, of: batch, to: holder) != nil, let customer = customer(of: batch, other: holder) {
            writer.declare(.payer, of: customer, to: holder, isDeleted: true)
            writer.declare(.beneficiary, of: holder, to: customer, isDeleted: true)
        }
        lines[source, default: ""] += writer.lines
    }

    /// What all this changes.
    ///
    /// - Parameter callID: Makes the ids of calls to send.
    func changes(_ callID: () -> String) -> [Change] {
        var changes = touchedPlaces.compactMap { state.registrations[$0] }.map { Change.setProductRegistration($0) }
        changes += counts.sorted { $0.key < $1.key }.map { .countProductRegistrations(workspace, batch: $0.key, by: $0.value) }
        changes += touchedSubjects.sorted().compactMap { subject in
            state.throttles[subject].map { .setThrottle(subject, $0) }
        }
        return changes + calls(callID).map { .queueProductCalls($0) }
    }

    private func calls(_ callID: () -> String) -> [ProductCalls] {
        lines.sorted { $0.key < $1.key }.map { source, lines in
            ProductCalls(id: callID(), workspace: workspace, source: source, lines: lines, createdAt: now)
        }
    }

    private mutating func set(_ registration: ProductRegistration, of batch: ProductBatch, for who: Identity, by count: Int) {
        state.registrations[registration.place] = registration
        touchedPlaces.append(registration.place)
        counts[batch.number, default: 0] += count
        state.holdings[who, default: [:]][batch.number, default: 0] += count
    }

    /// What a batch names that ties it to its holders, unless another code of theirs ties the same.
    private func ties<Value: Hashable>(_ member: KeyPath<ProductBatch, Value?>, of batch: ProductBatch, to who: Identity) -> Value?
    {
        guard let value = batch[keyPath: member], value as? Identity != who else { return nil }
        let others = state.holdings[who] ?? [:]
        return others.contains { $0.value > 0 && batches[$0.key]?[keyPath: member] == value } ? nil : value
    }

    private func customer(of batch: ProductBatch, other who: Identity) -> Identity? {
        batch.orderID.flatMap { customers[$0] }.flatMap { $0 == who ? nil : $0 }
    }
}

extension SignInThrottle {
    /// Wrong product codes of one person.
    static let codesOfPerson = SignInThrottle(freeFailures: 5)
    /// Wrong product codes from one address.
    static let codesOfAddress = SignInThrottle(freeFailures: 30)
}
