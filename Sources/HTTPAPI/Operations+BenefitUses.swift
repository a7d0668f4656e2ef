internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Asking for benefits and using them.
    static let benefitUseOperations = [
        check, checkMany,
        using("consume", id: "consumeBenefit", "Use a benefit: hard as far as it reaches, soft beyond it.", ["mode": mode]) {
            body throws(Problem) in .consume(try body.word("mode", BenefitMode.self) ?? .hard)
        },
        using(
            "reserve", id: "reserveBenefit", "Pin a benefit for what is delivered later; it lapses by itself.",
            ["seconds": seconds]
        ) { body throws(Problem) in .reserve(seconds: try body.number("seconds", in: 1 ... .max) ?? 1_800) },
        settling("confirm", id: "confirmBenefit", "Use what was pinned, all or a part; the rest is let go.", hasAmount: true) {
            .confirm($0)
        },
        settling("cancel", id: "cancelBenefit", "Let go what was pinned.", hasAmount: false) { _ in .cancel },
        settling("refund", id: "refundBenefit", "Give back what was used, all or a part.", hasAmount: true) { .refund($0) },
    ]

    private static let mode: JSONValue = [
        "enum": .array(BenefitMode.allCases.map { .string($0.rawValue) }), "default": "hard",
        "description": "hard refuses what goes beyond the quota; soft counts it.",
    ]
    private static let seconds: JSONValue = ["type": "integer", "minimum": 1, "default": 1_800]

    private static let check = APIOperation(
        method: .post, path: "/api/v1/benefits/check", id: "checkBenefit", tag: "Benefits",
        summary: "Whether a member can use a benefit, how much is left, and why.", access: .key(.read),
        body: BenefitSchemas.using([:]), answer: BenefitSchemas.answer, problems: [404]
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: Array(BenefitSchemas.question.keys))
        var question = BenefitQuestion(
            try body.requiredText("benefit"), of: try await call.member(try body.requiredText("member")))
        question.amount = try body.amount("amount") ?? 1
        question.place = try body.text("place")
        if let user = try body.text("user") { question.user = try await call.member(user, "/user") }
        try await call.directory.endFormerCaps(on: [question.member], in: try call.workspace)
        guard let answer = try await call.program().check([question], at: call.directory.clock.now).first ?? nil else {
            throw try await call.unknown(question, member: try body.requiredText("member"), user: try body.text("user"))
        }
        return .json(answer.json)
    }

    private static let checkMany = APIOperation(
        method: .post, path: "/api/v1/benefits/check-many", id: "checkBenefits", tag: "Benefits",
        summary: "Up to 1,000 such questions, answered of one moment; null for who or what is not known.", access: .key(.read),
        body: PointSchemas.closed(
            ["checks": ["type": "array", "minItems": 1, "maxItems": 1_000, "items": BenefitSchemas.using([:])]],
            required: ["checks"]),
        answer: APISchema.object(["answers": ["type": "array", "items": ["type": ["object", "null"]]]])
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["checks"])
        let checks = try body.objects("checks", known: Array(BenefitSchemas.question.keys)) ?? []
        guard (1 ... 1_000).contains(checks.count) else { throw body.refused("checks", "Give 1 to 1000 checks.") }
        var questions: [BenefitQuestion] = []
        for (index, check) in checks.enumerated() {
            let (workspace, place) = (try call.workspace, "/checks/\(index)")
            let member = try call.directory.plainWish(try check.requiredText("member"), in: workspace, place: place + "/member")
            var question = BenefitQuestion(try check.requiredText("benefit"), of: member)
            question.amount = try check.amount("amount") ?? 1
            question.place = try check.text("place")
            question.user = try check.text("user").map { text throws(Problem) in
                try call.directory.plainWish(text, in: workspace, place: place + "/user")
            }
            questions.append(question)
        }
        try await call.directory.endFormerCaps(on: questions.map(\.member), in: try call.workspace)
        let answers = try await call.program().check(questions, at: call.directory.clock.now)
        return .json(["answers": .array(answers.map { $0?.json ?? .null })])
    }

    /// A command that takes a part of what a member has.
    private static func using(
        _ word: String, id: String, _ summary: String, _ members: OrderedDictionary<String, JSONValue>,
        _ deed: @escaping @Sendable (ObjectReader) throws(Problem) -> UseBenefit.Deed
    ) -> APIOperation {
        APIOperation(
            method: .post, path: "/api/v1/benefits/\(word)", id: id, tag: "Benefits", summary: summary, access: .key(.manage),
            body: BenefitSchemas.using(members), answer: BenefitSchemas.use, problems: [409], isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: Array(BenefitSchemas.question.keys) + members.keys)
            let member = try await call.member(try body.requiredText("member"))
            var command = UseBenefit(try deed(body), of: try body.requiredText("benefit"), by: member)
            command.amount = try body.amount("amount") ?? 1
            command.place = try body.text("place")
            if let user = try body.text("user") { command.user = try await call.member(user, "/user") }
            return try await call.perform(command)
        }
    }

    /// A command that decides about a use.
    private static func settling(
        _ word: String, id: String, _ summary: String, hasAmount: Bool,
        _ deed: @escaping @Sendable (Int64?) -> SettleBenefitUse.Deed
    ) -> APIOperation {
        let members: OrderedDictionary<String, JSONValue> =
            hasAmount ? ["use": BenefitSchemas.id, "amount": BenefitSchemas.part] : ["use": BenefitSchemas.id]
        return APIOperation(
            method: .post, path: "/api/v1/benefits/\(word)", id: id, tag: "Benefits", summary: summary, access: .key(.manage),
            body: PointSchemas.closed(members, required: ["use"]), answer: BenefitSchemas.use, problems: [409], isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: Array(members.keys))
            let amount = hasAmount ? try body.amount("amount") : nil
            return try await call.perform(SettleBenefitUse(deed(amount), of: BenefitID(try body.requiredText("use"))))
        }
    }
}

extension APICall {
    /// Who or what of a question without an answer is not known, or is no member any more.
    fileprivate func unknown(_ question: BenefitQuestion, member: String, user: String?) async throws(Problem) -> Problem {
        let reader = try program()
        guard try await reader.benefits().contains(where: { $0.benefit.key == question.benefit }) else {
            return APICall.noBenefit(question.benefit)
        }
        guard let found = try await reader.member(question.member)?.member else { return APICall.noMember(member) }
        guard found.state == .open else {
            return Problem(.notFound, "The membership of \"\(member.prefix(80))\" is \(found.state.rawValue).", status: 404)
        }
        return APICall.noMember(user ?? member)
    }
}
