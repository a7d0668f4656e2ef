public import Model
package import Records

/// A command as it came over the network, so that a repeat can be recognised.
package struct CommandRequest: Sendable {
    /// Whose keys these are: a workspace's id or `admin`.
    package var scope: String
    /// The caller's `Idempotency-Key`; nil when there is none.
    package var idempotencyKey: String?
    /// The bearer token, under which the answer is sealed.
    package var secret: String
    /// Method, path and body.
    package var content: [UInt8]

    package init(scope: String, idempotencyKey: String?, secret: String, content: [UInt8]) {
        self.scope = scope
        self.idempotencyKey = idempotencyKey
        self.secret = secret
        self.content = content
    }
}

/// The answer of a command.
package struct CommandAnswer: Hashable, Sendable {
    package var status: Int
    /// Empty for 204.
    package var body: [UInt8]
    /// Whether it was given before.
    package var isRepeat = false

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

extension WorkspaceDirectory {
    /// Carries out a command once: a repeat with the same `Idempotency-Key` gets the first answer, within a day.
    ///
    /// The answer is stored in the transaction of the change, so no crash can lie between them.
    /// - Throws: ``Problem`` with code `idempotency_conflict` (422) when the key came with another request.
    package func command(
        _ request: CommandRequest, by actor: Actor, _ plan: (Planner) throws(Problem) -> Plan<CommandAnswer>
    ) async throws(Problem) -> CommandAnswer {
        guard let idempotencyKey = request.idempotencyKey else { return try await change(by: actor, plan) }
        guard (1 ... 200).contains(idempotencyKey.utf8.count) else {
            throw Problem(.badRequest, "An Idempotency-Key has 1 to 200 bytes. Send a short text such as a UUID.")
        }
        let digest = KeyDigest(of: idempotencyKey)
        return try await lane.run { () async throws(Problem) in
            if let known = try await records.answer(scope: request.scope, digest: digest) { return try replay(known, request) }
            var plan = try plan(Planner(catalog: snapshot(), now: clock.now, actor: actor))
            if let sealed = SealedBody.seal(plan.value.body, secret: sealSecret(request, digest)) {
                plan.changes.append(
                    .storeAnswer(
                        StoredAnswer(
                            scope: request.scope, digest: digest, request: KeyDigest(of: request.content),
                            status: plan.value.status,
                            sealedBody: sealed, createdAt: clock.now)))
            }
            try await commit(plan.changes)
            return plan.value
        }
    }

    private func replay(_ known: StoredAnswer, _ request: CommandRequest) throws(Problem) -> CommandAnswer {
        guard known.request == KeyDigest(of: request.content),
            let body = SealedBody.open(known.sealedBody, secret: sealSecret(request, known.digest))
        else {
            throw Problem(
                .idempotencyConflict,
                "This Idempotency-Key came before with another request or another bearer. Choose a new key for a new command.",
                status: 422)
        }
        var answer = CommandAnswer(status: known.status, body: body)
        answer.isRepeat = true
        return answer
    }

    private func sealSecret(_ request: CommandRequest, _ digest: KeyDigest) -> String { request.secret + "\n" + digest.hex }
}

extension Problem.Code {
    /// An `Idempotency-Key` that belongs to another request.
    public static let idempotencyConflict = Problem.Code("idempotency_conflict")
}
