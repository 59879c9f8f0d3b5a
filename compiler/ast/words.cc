#include "compiler/ast/item.h"
#include "compiler/ast/stage.h"

namespace weir::ast {

const char* AssignOpText(AssignOp op) {
  switch (op) {
    case AssignOp::kSet: return "=";
    case AssignOp::kAdd: return "+=";
    case AssignOp::kSubtract: return "-=";
    case AssignOp::kSetIfNull: return "?=";
  }
  return "?";
}

const char* StageWord(StageKind kind) {
  switch (kind) {
    case StageKind::kWhere: return "where";
    case StageKind::kSelect: return "select";
    case StageKind::kExtend: return "extend";
    case StageKind::kSet: return "set";
    case StageKind::kWithout: return "without";
    case StageKind::kValidate: return "validate";
    case StageKind::kDedupe: return "dedupe";
    case StageKind::kLookup: return "lookup";
    case StageKind::kJoin: return "join";
    case StageKind::kAggregate: return "aggregate";
    case StageKind::kSession: return "session";
    case StageKind::kProcess: return "process";
    case StageKind::kAnomaly: return "anomaly";
    case StageKind::kRoute: return "route";
    case StageKind::kUnion: return "union";
    case StageKind::kFlatten: return "flatten";
    case StageKind::kTop: return "top";
    case StageKind::kSort: return "sort";
    case StageKind::kLimit: return "limit";
    case StageKind::kSample: return "sample";
    case StageKind::kRekey: return "rekey";
    case StageKind::kApply: return "apply";
    case StageKind::kInto: return "into";
    case StageKind::kError: return "";
  }
  return "";
}

const char* ItemWord(ItemKind kind) {
  switch (kind) {
    case ItemKind::kUse: return "use";
    case ItemKind::kParam: return "param";
    case ItemKind::kSecret: return "secret";
    case ItemKind::kProfile: return "profile";
    case ItemKind::kType: return "type";
    case ItemKind::kSchema: return "schema";
    case ItemKind::kFunction: return "fn";
    case ItemKind::kTemplate: return "template";
    case ItemKind::kSource: return "source";
    case ItemKind::kTable: return "table";
    case ItemKind::kSink: return "sink";
    case ItemKind::kStream: return "stream";
    case ItemKind::kView: return "view";
    case ItemKind::kFlow: return "pipeline";
    case ItemKind::kAlert: return "alert";
    case ItemKind::kSlo: return "slo";
    case ItemKind::kFixture: return "fixture";
    case ItemKind::kTest: return "test";
  }
  return "";
}

}  // namespace weir::ast
