#include "CSimdjson.h"

#include <new>
#include <simdjson.h>

static_assert(TEAHOUSE_JSON_PADDING >= simdjson::SIMDJSON_PADDING, "the padding promised to Swift is simdjson's");

struct teahouse_json_parser {
    simdjson::dom::parser parser;
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
}

extern "C" teahouse_json_parser *teahouse_json_create(void) {
    return new (std::nothrow) teahouse_json_parser();
}

extern "C" void teahouse_json_destroy(teahouse_json_parser *parser) {
    delete parser;
}

extern "C" int teahouse_json_parse(
    teahouse_json_parser *handle, const uint8_t *bytes, size_t count, teahouse_json_document *document) {
    if (isBlank(bytes, count < 64 ? count : 64) && isBlank(bytes, count)) { return TEAHOUSE_JSON_INVALID; }
    simdjson::dom::parser &parser = handle->parser;
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
