#include "compiler/semantic/stage_window.h"

namespace weir::semantic {
namespace {

using plan::WindowKind;

class WindowBinder {
 public:
  WindowBinder(const ast::WindowSpec& spec, StageContext& context, plan::WindowSpec& window)
      : spec_(spec), context_(context), window_(window) {}

  void Run() {
    switch (spec_.kind) {
      case ast::WindowKind::kTumbling: return Tumbling();
      case ast::WindowKind::kSliding: return Stepped(WindowKind::kSliding, "sliding");
      case ast::WindowKind::kCumulating: return Stepped(WindowKind::kCumulating, "cumulating");
      case ast::WindowKind::kSession: return Session();
      case ast::WindowKind::kRows:
        window_.kind = WindowKind::kLastRows;
        context_.Report(Code::kF0160, spec_.span)
            .Arg("over last … rows")
            .Help("windows by time work now: `over sliding 10m every 1m`");
        return;
    }
  }

 private:
  Micros Positive(const ast::Expr& expr, const char* what) {
    std::optional<Micros> value = context_.Duration(expr, what);
    if (value && *value <= 0) {
      context_.Report(Code::kF0302, expr.span)
          .Here(std::string(what) + " must be longer than nothing")
          .Help("windows are counted in durations: `5m`, `1h`");
      return 0;
    }
    return value.value_or(0);
  }

  void Tumbling() {
    window_.kind = WindowKind::kTumbling;
    window_.size = window_.slide = Positive(*spec_.size, "the size");
    if (spec_.offset == nullptr) return;
    window_.offset = context_.Duration(*spec_.offset, "offset").value_or(0);
    if (window_.size > 0 && (window_.offset < 0 || window_.offset >= window_.size)) {
      context_.Report(Code::kF0302, spec_.offset->span)
          .Here("an offset is below the size of the window")
          .Help("windows are aligned to UTC; `offset 2h` moves their borders by two hours");
    }
  }

  void Stepped(WindowKind kind, const char* word) {
    window_.kind = kind;
    window_.size = Positive(*spec_.size, "the size");
    window_.slide = Positive(*spec_.every, "the step");
    if (window_.size <= 0 || window_.slide <= 0) return;
    if (window_.slide > window_.size || window_.size % window_.slide != 0) {
      context_.Report(Code::kF0302, spec_.span)
          .Here("the size is no multiple of the step")
          .Note("a " + std::string(word) + " window is put together of steps of equal length")
          .Help("for example `" + std::string(word) + " 10m every 1m`");
    } else if (window_.size / window_.slide > 10'000) {
      context_.Report(Code::kF0302, spec_.span)
          .Here("every event would belong to " + std::to_string(window_.size / window_.slide) +
                " windows")
          .Help("take a longer step");
    }
  }

  void Session() {
    window_.kind = WindowKind::kSession;
    window_.gap = Positive(*spec_.size, "the gap");
    if (spec_.max != nullptr) {
      window_.max = Positive(*spec_.max, "max");
    } else {
      context_.Report(Code::kW0302, spec_.span)
          .Help("say how long one may get: `session gap 30m max 24h`");
    }
  }

  const ast::WindowSpec& spec_;
  StageContext& context_;
  plan::WindowSpec& window_;
};

const char* EmitWord(ast::EmitKind kind) {
  switch (kind) {
    case ast::EmitKind::kOnClose: return "on close";
    case ast::EmitKind::kOnUpdate: return "on update";
    case ast::EmitKind::kEvery: return "every";
  }
  return "";
}

}  // namespace

void BindWindow(const ast::WindowSpec& spec, StageContext& context, const StreamFlow& flow,
                plan::WindowSpec& window) {
  WindowBinder(spec, context, window).Run();
  if (window.kind != plan::WindowKind::kLastRows) {
    context.RefuseWithoutWatermark(flow, spec.span, "window");
  }
}

plan::EmitSpec ReadEmit(const std::optional<ast::EmitClause>& clause, EmitPlace place,
                        StageContext& context) {
  const bool closes = place == EmitPlace::kWindow || place == EmitPlace::kSession;
  plan::EmitSpec emit;
  if (!clause) {
    emit.on_close = closes;
    emit.on_update = !closes;
    return emit;
  }
  for (const ast::EmitWhen& when : clause->when) {
    if (when.kind == ast::EmitKind::kOnClose && !closes) {
      context.Report(Code::kF0304, when.span)
          .Arg(EmitWord(when.kind))
          .Note("without a window nothing ever closes")
          .Help("`emit on update`, or `emit every 10s` for the latest value now and then");
      continue;
    }
    if (when.kind == ast::EmitKind::kOnClose) emit.on_close = true;
    if (when.kind == ast::EmitKind::kOnUpdate) emit.on_update = true;
    if (when.kind != ast::EmitKind::kEvery) continue;
    emit.every = context.Duration(*when.every, "every");
    if (emit.every && *emit.every <= 0) {
      context.Report(Code::kF0304, when.span)
          .Arg("every")
          .Here("the time between two must be longer than nothing")
          .Help("for example `emit on close, every 10s`");
    }
  }
  return emit;
}

void NoteLateness(Micros lateness, Span span, StreamFlow& flow) {
  if (lateness <= flow.lateness) return;
  flow.lateness = lateness;
  flow.late_after = span;
}

void ReportLateMissing(StageContext& context, Span span, const std::string& what) {
  context.Report(Code::kF0305, span)
      .Here(what + "; events after that need a route")
      .Help(
          "add `late after 1m -> some_stream`, or, to drop and count them: "
          "`late after 0s discard \"late\"`");
}

}  // namespace weir::semantic
