#include "CSimdjson.h"

#include <algorithm>
#include <memory>
#include <new>
#include <simdjson.h>

static_assert(TEAHOUSE_JSON_PADDING >= simdjson::SIMDJSON_PADDING, "the padding promised to Swift is simdjson's");

struct teahouse_json_parser {
    simdjson::dom::parser parser;
    /// Of the last parse, when that was a deep one.
    std::unique_ptr<simdjson::dom::parser> deep;
};

namespace {
// simdjson answers EMPTY for no bytes at all but reads blank ones; both are no document here.
bool isBlank(const uint8_t *bytes, size_t count) {
    for (size_t index = 0; index < count; index++) {
        uint8_t byte = bytes[index];
        if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') { return false; }
    }
    return true;
}

int parse(simdjson::dom::parser &parser, const uint8_t *bytes, size_t count, teahouse_json_document *document) {
    switch (parser.parse(bytes, count, false).error()) {
    case simdjson::SUCCESS: break;
    case simdjson::DEPTH_ERROR: return TEAHOUSE_JSON_DEEP;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY: return TEAHOUSE_JSON_MEMORY;
    default: return TEAHOUSE_JSON_INVALID;
    }
    document->tape = parser.doc.tape.get();
    document->strings = parser.doc.string_buf.get();
    document->structurals = parser.implementation->structural_indexes.get();
    document->structural_count = parser.implementation->n_structural_indexes;
    return TEAHOUSE_JSON_OK;
}
}

extern "C" teahouse_json_parser *teahouse_json_create(void) {
    return new (std::nothrow) teahouse_json_parser();
}

extern "C" void teahouse_json_destroy(teahouse_json_parser *parser) {
    delete parser;
}

extern "C" int teahouse_json_parse(
    teahouse_json_parser *handle, const uint8_t *bytes, size_t count, teahouse_json_document *document) {
    handle->deep.reset();
    if (isBlank(bytes, count < 64 ? count : 64) && isBlank(bytes, count)) { return TEAHOUSE_JSON_INVALID; }
    return parse(handle->parser, bytes, count, document);
}

extern "C" int teahouse_json_parse_deep(
    teahouse_json_parser *handle, const uint8_t *bytes, size_t count, teahouse_json_document *document) {
    // Each level takes two bytes; the parser needs room for one more than it opens.
    const size_t levels = std::min(count / 2 + 2, size_t(1) << 21);
    handle->deep.reset(new (std::nothrow) simdjson::dom::parser());
    if (!handle->deep || handle->deep->allocate(count, levels) != simdjson::SUCCESS) { return TEAHOUSE_JSON_MEMORY; }
    return parse(*handle->deep, bytes, count, document);
}
