import Records

/// The codes of a batch as CSV, made as they are sent: none is kept anywhere.
package struct ProductCodeList: Sendable {
    private static let rowsPerPiece = 4_096

    private let cipher: ProductCodeCipher
    private let batch: ProductBatch
    private var next = -1

    package var count: Int { batch.count }

    init(_ batch: ProductBatch, _ cipher: ProductCodeCipher) {
        self.batch = batch
        self.cipher = cipher
    }

    /// The next lines; nil at the end.
    package mutating func piece() -> [UInt8]? {
        if next < 0 {
            next = 0
            return Array("code,serial\r\n".utf8)
        }
        guard next < batch.count else { return nil }
        let end = min(batch.count, next + ProductCodeList.rowsPerPiece)
        var bytes: [UInt8] = []
        bytes.reserveCapacity((end - next) * 24)
        for serial in next ..< end {
            bytes.append(contentsOf: cipher.code(ProductPlace(batch: batch.number, serial: serial)).text.utf8)
            bytes.append(UInt8(ascii: ","))
            // People count from 1.
            bytes.append(contentsOf: String(serial + 1).utf8)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        next = end
        return bytes
    }
}
