#include "tests/simulation/pipelines.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/frontend.h"
#include "tests/simulation/model.h"

namespace weir::simulation {
namespace {

constexpr std::string_view kHead = R"(pipeline sim {
  delivery = exactly_once
  errors -> rejected
}
use std.errors.{DeadLetter, FailedWrite}
stream rejected: DeadLetter
from rejected |> into discard()
schema Row { id: int64 k: string v: int64 text: string at: timestamp }
source rows: Row from kafka(brokers: "simulated:1", topic: "rows")
  format json time at watermark lag 5s on error fail
)";

std::string SinkText(const std::string& name, SinkKind kind, const std::string& root,
                     bool& refuses) {
  switch (kind) {
    case SinkKind::kFile:
      return fmt::format(
          "sink {0} to file(path: \"{1}/out/{0}\") batch 20 rows or 2s "
          "on error fail\n",
          name, root);
    case SinkKind::kLog:
      return fmt::format(
          "sink {0} to log(dir: \"{1}/out/log\", topic: \"{0}\", partitions: 2) "
          "key k on error fail\n",
          name, root);
    case SinkKind::kRemote: break;
  }
  refuses = true;
  return fmt::format(
      "sink {0} to kafka(brokers: \"simulated:1\", topic: \"{0}\") key k "
      "on error -> refused\n",
      name);
}

}  // namespace

const std::vector<Pipeline>& Pipelines() {
  static const std::vector<Pipeline> kPipelines = {
      {"filter",
       "from rows |> where v >= 0 |> select id, k, v * 2 as w |> into a\n",
       {"a"},
       false,
       true,
       false,
       false,
       false,
       2,
       ExpectFilter},
      {"dedupe",
       "stream once = from rows |> seen: dedupe by id within 6h else discard \"duplicate\"\n"
       "from once |> select id, k, v |> into a\n"
       "from once |> where v >= 0 |> select id, k, v |> into b\n",
       {"a", "b"},
       false,
       true,
       true,
       false,
       false,
       2,
       ExpectDedupe},
      {"window",
       "stream late: Row\n"
       "stream counts = from rows |> n: aggregate n = count(), total = sum(v) by k\n"
       "  over tumbling 10s emit on close late after 0s -> late\n"
       "from counts |> select k, n, total, window_start as since |> into a\n"
       "from late |> select id, k, v |> into b\n",
       {"a", "b"},
       false,
       false,
       false,
       true,
       false,
       2,
       ExpectWindow},
      {"session",
       "stream sessions = from rows |> by_k: session by k gap 20s max 10h\n"
       "  state { n: int64 = 0 merge sum } on event e { n += 1 }\n"
       "  output { k n first = session.start last = session.last_event }\n"
       "  emit on close late after 0s discard \"late\"\n"
       "from sessions |> into a\n",
       {"a"},
       false,
       false,
       false,
       false,
       false,
       2,
       ExpectSessions},
      {"view",
       "view totals key (k) retain 30d = from rows |> sums: aggregate total = sum(v), n = count()\n"
       "  by k emit on update\n"
       "from totals |> into a\n",
       {"a"},
       true,
       true,
       false,
       false,
       false,
       2,
       ExpectTotals},
      {"flatten",
       "from rows |> each: flatten split(text, \" \") as word |> select id, k, word |> into a\n",
       {"a"},
       false,
       true,
       false,
       false,
       false,
       400,
       ExpectWords},
      {"union",
       "source more: Row from kafka(brokers: \"simulated:1\", topic: \"more\")\n"
       "  format json time at watermark lag 5s on error fail\n"
       "stream both: Row\n"
       "from rows |> into both\n"
       "from more |> into both\n"
       "from both |> select id, k, v |> into a\n"
       "from both |> counted: aggregate n = count() by k over tumbling 10s emit on close\n"
       "  late after 0s discard \"late\" |> select k, n, window_start as since |> into b\n",
       {"a", "b"},
       false,
       false,
       false,
       false,
       true,
       2,
       ExpectUnion},
      {"timers",
       "schema Quiet { k: string n: int64 }\n"
       "stream late: Quiet\n"
       "stream quiet = from rows |> by_k: process by k ttl 1m state { n: int64 = 0 }\n"
       "  on event e { n += 1 set timer silent = e.at + 20s }\n"
       "  on timer silent { emit { k: k, n: n } n = 0 }\n"
       "stream windows = from quiet |> counted: aggregate n = sum(n) by k over tumbling 10s\n"
       "  emit on close late after 0s -> late\n"
       "view totals key (k) retain 30d = from windows |> sums: aggregate n = sum(n) by k\n"
       "  emit on update\n"
       "from totals |> into a\n"
       "from late |> into b\n",
       {"a", "b"},
       true,
       true,
       false,
       false,
       false,
       2,
       ExpectCounts},
  };
  return kPipelines;
}

std::string FlowText(const Pipeline& pipeline, SinkKind kind, const std::string& root) {
  std::string text(kHead);
  bool refuses = false;
  auto next = static_cast<uint8_t>(kind);
  for (const std::string& sink : pipeline.sinks) {
    text += SinkText(sink, static_cast<SinkKind>(next++ % 3), root, refuses);
  }
  if (refuses) {
    text += "stream refused: FailedWrite\n";
    text += fmt::format("sink r to file(path: \"{}/out/r\") on error fail\n", root);
    text += "from refused |> into r\n";
  }
  return text + pipeline.body;
}

CompiledPipelines::CompiledPipelines(std::string root) : root_(std::move(root)) {}

CompiledPipelines::~CompiledPipelines() = default;

std::shared_ptr<const plan::PhysicalPlan> CompiledPipelines::Get(const Pipeline& pipeline,
                                                                 SinkKind kind) {
  auto& plan = plans_[{pipeline.name, kind}];
  if (plan != nullptr) return plan;
  frontends_.push_back(std::make_unique<flowc::Frontend>());
  flowc::Frontend& frontend = *frontends_.back();
  flowc::FrontendOptions options;
  options.check_only = false;
  auto compiled =
      frontend.CompileText(pipeline.name + ".flow", FlowText(pipeline, kind, root_), options);
  if (compiled.ok() && !frontend.failed()) return plan = compiled->physical;
  std::fputs(RenderText(frontend.diagnostics(), frontend.sources()).c_str(), stderr);
  if (!compiled.ok()) std::fputs(compiled.status().message().c_str(), stderr);
  std::exit(2);
}

}  // namespace weir::simulation
