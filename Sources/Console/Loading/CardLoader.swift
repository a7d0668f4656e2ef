import Model

/// Asks the questions of a board each by itself: one that fails or is slow leaves the others as they are.
struct CardLoader: Sendable {
    /// What became of a card's question.
    enum Outcome: Sendable {
        case answer(CardCut)
        case refused(Problem)
        /// Its answer is not there yet.
        case waiting
    }

    /// Answers one question.
    let ask: @Sendable (JSONValue) async throws(Problem) -> CardCut

    /// Questions of one board that are asked at once, so that others who ask get their turn.
    private static let width = 2

    /// The outcome of one question; nil stands for what is no question.
    func outcome(_ question: JSONValue?) async -> Outcome {
        guard let question else { return .refused(CardLoader.unreadable) }
        do throws(Problem) {
            return .answer(try await ask(question))
        } catch {
            return .refused(error)
        }
    }

    /// The outcomes of all questions, in their order.
    ///
    /// - Parameter patience: after which what has no answer yet is given up and is ``Outcome/waiting``; nil waits for all.
    func outcomes(_ questions: [JSONValue?], patience: Duration?) async -> [Outcome] {
        guard let patience else { return await outcomes(questions, givingUpAfter: nil) }
        return await outcomes(questions) {
            // Ends early only when it is cancelled; then nobody looks at the result.
            try? await Task.sleep(for: patience)
        }
    }

    /// - Parameter wait: ends when patience is over; nil waits for all.
    func outcomes(_ questions: [JSONValue?], givingUpAfter wait: (@Sendable () async -> Void)?) async -> [Outcome] {
        await withTaskGroup(of: (index: Int, outcome: Outcome)?.self) { group in
            var outcomes = [Outcome](repeating: .waiting, count: questions.count)
            var next = 0
            func addNext() {
                guard next < questions.count else { return }
                let (index, question) = (next, questions[next])
                next += 1
                group.addTask { (index, await outcome(question)) }
            }
            if let wait {
                group.addTask {
                    await wait()
                    return nil
                }
            }
            for _ in 0 ..< CardLoader.width { addNext() }
            var open = questions.count
            while open > 0, let done = await group.next() {
                guard let done else { break }
                outcomes[done.index] = done.outcome
                open -= 1
                addNext()
            }
            group.cancelAll()
            return outcomes
        }
    }

    /// What the records hold is no JSON.
    static let unreadable = Problem(.init("unreadable_card"), "What was pinned here cannot be read as a question.", status: 422)
}
