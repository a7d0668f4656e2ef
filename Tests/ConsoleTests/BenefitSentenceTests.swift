import Model
import OrderedCollections
import Testing

@testable import Console
@testable import Loyalty

@Suite("Refusals of benefits in Chinese") struct BenefitSentenceTests {
    private static let params: [OrderedDictionary<String, JSONValue>] = [[:], ["resets_at": "2026-02-01T00:00:00Z"]]

    @Test("Whatever the rules of benefits refuse is said in Chinese", arguments: params)
    func all(params: OrderedDictionary<String, JSONValue>) {
        for (code, sentence) in RefusalWording.benefits {
            let said = Words(.chinese)(sentence(Refusal.Reason(code, params)))
            #expect(said.lang == nil, "\(code): \(said.text)")
        }
    }
}
