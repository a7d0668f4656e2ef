package import Loyalty

/// The codes of a batch of coupons as CSV, made as they are sent: none is kept anywhere.
package struct CouponCodeList: Sendable {
    private static let rowsPerPiece = 4_096

    package let batch: CouponBatch
    private let cipher: CouponCodeCipher
    private var next: Int64 = -1

    init(_ batch: CouponBatch, _ cipher: CouponCodeCipher) {
        self.batch = batch
        self.cipher = cipher
    }

    /// The next lines; nil at the end.
    package mutating func piece() -> [UInt8]? {
        if next < 0 {
            next = 0
            return Array("code,number\r\n".utf8)
        }
        guard next < batch.count else { return nil }
        let end = min(batch.count, next + Int64(CouponCodeList.rowsPerPiece))
        var text = ""
        for index in next ..< end {
            let place = CouponCodeCipher.Place(batch: UInt32(clamping: batch.number), index: UInt64(index))
            guard let code = cipher.code(place, length: batch.codeLength) else { continue }
            // People count from 1.
            text += "\(code.text),\(index + 1)\r\n"
        }
        next = end
        return Array(text.utf8)
    }
}
