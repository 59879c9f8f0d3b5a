#include "runtime/exec/job_builder.h"

#include <algorithm>
#include <set>

#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "runtime/base/check.h"
#include "runtime/base/hash.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/connector/source_connector.h"
#include "runtime/connector/source_drift.h"
#include "runtime/delivery/outbox.h"
#include "runtime/exec/job_connectors.h"
#include "runtime/exec/stored_plan.h"
#include "runtime/exec/table_refresher.h"
#include "runtime/state/state_access.h"

namespace weir {
namespace {

using plan::NodeKind;
using plan::PhysicalInput;
using plan::PhysicalNode;

bool SameExchange(const PhysicalInput& a, const PhysicalInput& b) {
  if (a.node != b.node || a.port != b.port || a.exchange != b.exchange ||
      a.keys.size() != b.keys.size()) {
    return false;
  }
  for (size_t i = 0; i < a.keys.size(); ++i) {
    if (!plan::SameExpr(*a.keys[i], *b.keys[i])) return false;
  }
  return true;
}

/// Passes on what is not rows. A node that nobody feeds (a junction without routes) gets its
/// watermarks, barriers and end from a source this way.
class ControlsOnly final : public Output {
 public:
  explicit ControlsOnly(Output* target) : target_(target) {}
  void Batch(const RecordBatch&) override {}
  void Send(const Control& control) override { target_->Send(control); }

 private:
  Output* target_;
};

template <typename Node>
const Node& As(const plan::LogicalNode& node) {
  return static_cast<const Node&>(node);
}

}  // namespace

Result<std::unique_ptr<Job>> Job::Build(std::shared_ptr<const plan::PhysicalPlan> plan,
                                        JobOptions options) {
  if (options.workers == 1) plan = plan::WithoutPartials(std::move(plan));
  return JobBuilder(std::move(plan), std::move(options)).Build();
}

JobBuilder::JobBuilder(std::shared_ptr<const plan::PhysicalPlan> plan, JobOptions options)
    : job_(new Job()), plan_(*plan), options_(job_->options_) {
  job_->plan_ = std::move(plan);
  job_->options_ = std::move(options);
}

JobBuilder::~JobBuilder() = default;

Result<std::unique_ptr<Job>> JobBuilder::Build() {
  WEIR_CHECK(options_.workers >= 1 && options_.clock != nullptr && options_.connectors != nullptr,
             "a job needs workers, a clock and connectors");
  const uint64_t committed = options_.state == nullptr ? 0 : options_.state->last_epoch();
  job_->checkpoints_ = std::make_unique<CheckpointCoordinator>(committed, options_.workers);
  job_->signals_->deliver.store(committed, std::memory_order_relaxed);
  std::shared_ptr<StateBudget> budget;
  if (options_.state != nullptr && options_.state_memory > 0) {
    budget = std::make_shared<StateBudget>(options_.state_memory, options_.workers);
  }
  for (uint32_t i = 0; i < options_.workers; ++i) {
    job_->workers_.push_back(
        std::make_unique<Worker>(i, job_->signals_.get(), job_->checkpoints_.get(), budget));
    job_->workers_.back()->context()->snapshot_state = options_.state != nullptr;
    job_->workers_.back()->context()->clock = options_.clock;
  }
  if (committed > 0) WEIR_TRY(CheckStoredPlan(*options_.state, *plan_.logical));
  WEIR_TRY(OpenConnectors());
  WEIR_TRY(RestoreSinks());
  FindExchanges();
  FindLevels();
  MakeChannels();
  tasks_.resize(options_.workers);
  sources_.resize(options_.workers);
  senders_.resize(options_.workers);
  for (uint32_t i = 0; i < options_.workers; ++i) WEIR_TRY(MakeWorker(i));
  WEIR_TRY(Restore());
  MuteSinks();
  std::vector<Worker*> workers;
  for (auto& worker : job_->workers_) workers.push_back(worker.get());
  job_->coordinator_ = std::make_unique<JobCoordinator>(
      &plan_, std::move(workers), job_->signals_.get(), job_->checkpoints_.get(),
      job_->committer_.get(), options_.checkpoint_every);
  job_->coordinator_->StopAt(&job_->stops_);
  return std::move(job_);
}

bool JobBuilder::Direct(const PhysicalInput& input) const {
  return options_.workers == 1 || input.exchange == PhysicalInput::Exchange::kForward;
}

Status JobBuilder::OpenSink(const plan::LogicalNode& node) {
  std::unique_ptr<SinkConnector> connector;
  if (node.kind == NodeKind::kSink) {
    WEIR_ASSIGN(connector,
                options_.connectors->MakeSink(*plan_.logical, As<plan::SinkNode>(node), options_));
  } else {
    WEIR_ASSIGN(connector,
                options_.connectors->MakeView(*plan_.logical, As<plan::ViewNode>(node), options_));
  }
  if (connector == nullptr) return Status::Ok();
  const Status opened = connector->Open();
  if (!opened.ok()) return opened.WithContext(node.name);
  job_->sinks_.emplace_back(node.name, std::move(connector));
  return Status::Ok();
}

SinkConnector* JobBuilder::FindSink(const std::string& key) const {
  for (const auto& [name, sink] : job_->sinks_) {
    if (name == key) return sink.get();
  }
  return nullptr;
}

Status JobBuilder::OpenConnectors() {
  for (const PhysicalNode& physical : plan_.nodes) {
    const plan::LogicalNode& node = *physical.logical;
    if (node.kind == NodeKind::kSource) {
      const auto& source = As<plan::SourceNode>(node);
      WEIR_ASSIGN(auto connector, options_.connectors->MakeSource(source, options_));
      const Status opened = connector->Open();
      if (!opened.ok()) return opened.WithContext(source.source);
      job_->sources_.emplace_back(source.name, std::move(connector));
      if (job_->source_names_.size() <= source.source_index) {
        job_->source_names_.resize(source.source_index + 1);
      }
      job_->source_names_[source.source_index] = source.source;
    } else if (node.kind == NodeKind::kSink || node.kind == NodeKind::kView) {
      WEIR_TRY(OpenSink(node));
      if (node.kind == NodeKind::kView) {
        job_->views_.emplace_back(As<plan::ViewNode>(node).view, std::make_shared<ViewRows>());
      }
    }
  }
  std::set<std::string> used;
  for (const PhysicalNode& physical : plan_.nodes) {
    if (physical.logical->kind == NodeKind::kLookup) {
      used.insert(As<plan::LookupNode>(*physical.logical).table);
    }
  }
  for (const plan::TableSpec& table : plan_.logical->tables) {
    if (!used.contains(table.name)) continue;
    WEIR_ASSIGN(auto connector, options_.connectors->MakeTable(table, options_));
    job_->tables_.push_back(std::make_unique<TableRefresher>(table, std::move(connector)));
    WEIR_TRY(job_->tables_.back()->Open(options_.clock->Now()));
  }
  resources_.pipeline = plan_.logical->settings.name;
  resources_.incarnation = options_.incarnation;
  resources_.make_sink_writer = [this](const plan::SinkNode& node, uint32_t worker) {
    return FindSink(node.name)->MakeWriter(worker);
  };
  resources_.make_view_writer = [this](const plan::ViewNode& node,
                                       uint32_t worker) -> Result<std::unique_ptr<SinkWriter>> {
    SinkConnector* sink = FindSink(node.name);
    if (sink == nullptr) return std::unique_ptr<SinkWriter>();
    return sink->MakeWriter(worker);
  };
  resources_.table = [this](const std::string& name) -> std::shared_ptr<LookupTableVersions> {
    for (const auto& table : job_->tables_) {
      if (table->name() == name) return table->versions();
    }
    return nullptr;
  };
  resources_.view_rows = [this](const std::string& view) { return job_->view_rows(view); };
  return Status::Ok();
}

void JobBuilder::FindExchanges() {
  for (const PhysicalNode& node : plan_.nodes) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const PhysicalInput& input = node.inputs[i];
      if (Direct(input)) continue;
      auto same = std::find_if(exchanges_.begin(), exchanges_.end(), [&](const Exchange& other) {
        return SameExchange(*other.input, input);
      });
      if (same == exchanges_.end()) {
        exchanges_.push_back({&input, {}, {}, {}});
        same = exchanges_.end() - 1;
      }
      same->readers.emplace_back(node.id, static_cast<int>(i));
    }
  }
}

/// How many sinks rows pass on the way to each node: refused rows of a sink may go on.
void JobBuilder::FindLevels() {
  for (const PhysicalNode& node : plan_.nodes) {
    int level = 0;
    for (const PhysicalInput& input : node.inputs) {
      const NodeKind kind = plan_.nodes[static_cast<size_t>(input.node)].logical->kind;
      const bool behind_sink = kind == NodeKind::kSink || kind == NodeKind::kView;
      level = std::max(level, levels_[static_cast<size_t>(input.node)] + (behind_sink ? 1 : 0));
    }
    levels_.push_back(level);
  }
}

void JobBuilder::MakeChannels() {
  for (Exchange& exchange : exchanges_) {
    exchange.channels.resize(options_.workers);
    for (uint32_t from = 0; from < options_.workers; ++from) {
      for (uint32_t to = 0; to < options_.workers; ++to) {
        job_->channels_.push_back(std::make_unique<ExchangeChannel>(
            options_.channel_bytes, job_->workers_[from]->events(), job_->workers_[to]->events()));
        exchange.channels[from].push_back(job_->channels_.back().get());
      }
    }
  }
}

OperatorContext JobBuilder::ContextOf(uint32_t worker) const {
  OperatorContext context;
  context.worker = worker;
  context.num_workers = options_.workers;
  context.clock = options_.clock;
  context.source_names = &job_->source_names_;
  context.generation = options_.generation;
  context.batch_rows = options_.batch_rows;
  context.keeps_state = options_.state != nullptr;
  context.verify_state = options_.verify_state;
  return context;
}

Status JobBuilder::MakeWorker(uint32_t worker) {
  tasks_[worker].resize(plan_.nodes.size(), nullptr);
  sources_[worker].resize(plan_.nodes.size(), nullptr);
  for (const PhysicalNode& node : plan_.nodes) {
    if (node.logical->kind == NodeKind::kSource) {
      WEIR_TRY(MakeSource(worker, node));
    } else {
      WEIR_TRY(MakeNode(worker, node));
    }
  }
  WEIR_TRY(Connect(worker));
  ConnectTaps(worker);
  MakeEntries(worker);
  return Status::Ok();
}

Status JobBuilder::MakeSource(uint32_t worker, const PhysicalNode& node) {
  const auto& logical = As<plan::SourceNode>(*node.logical);
  Worker& owner = *job_->workers_[worker];
  auto task = std::make_unique<SourceTask>(logical, node.id, owner.context());
  std::shared_ptr<DriftGuard>& guard = drift_guards_[logical.name];
  if (guard == nullptr) {
    guard = std::make_shared<DriftGuard>(options_.workers, DriftOf(logical.connector.options));
  }
  task->Share(guard);
  for (const auto& [name, connector] : job_->sources_) {
    if (name != logical.name) continue;
    const Status opened = task->Open(ContextOf(worker), *connector);
    if (!opened.ok()) return opened.WithContext(logical.source);
  }
  sources_[worker][static_cast<size_t>(node.id)] = owner.AddSource(std::move(task));
  return Status::Ok();
}

Status JobBuilder::MakeNode(uint32_t worker, const PhysicalNode& node) {
  Worker& owner = *job_->workers_[worker];
  WEIR_ASSIGN(auto op, MakeOperator(node, resources_, worker));
  OperatorContext context = ContextOf(worker);
  if (options_.state != nullptr && options_.state_memory > 0) {
    context.cold_state = std::make_shared<StateReader>(ReaderOf(worker, *node.logical));
  }
  const Status opened = op->Open(context);
  if (!opened.ok()) return opened.WithContext(node.logical->name);
  tasks_[worker][static_cast<size_t>(node.id)] = owner.AddTask(std::make_unique<OperatorTask>(
      std::move(op), node.id, std::max<size_t>(1, node.inputs.size()),
      levels_[static_cast<size_t>(node.id)], owner.context()));
  return Status::Ok();
}

OutputPort& JobBuilder::PortOf(uint32_t worker, int node, int port) const {
  const auto at = static_cast<size_t>(node);
  if (sources_[worker][at] != nullptr) return sources_[worker][at]->port(port);
  return tasks_[worker][at]->port(port);
}

Status JobBuilder::Connect(uint32_t worker) {
  const auto source = std::find_if(
      plan_.nodes.begin(), plan_.nodes.end(),
      [](const PhysicalNode& node) { return node.logical->kind == NodeKind::kSource; });
  for (const PhysicalNode& node : plan_.nodes) {
    OperatorTask* task = tasks_[worker][static_cast<size_t>(node.id)];
    if (task != nullptr && node.inputs.empty() && source != plan_.nodes.end()) {
      Worker& owner = *job_->workers_[worker];
      PortOf(worker, source->id, 0)
          .Connect(owner.AddTap(std::make_unique<ControlsOnly>(task->input(0))));
    }
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const PhysicalInput& input = node.inputs[i];
      if (!Direct(input)) continue;
      Output* reader = tasks_[worker][static_cast<size_t>(node.id)]->input(i);
      PortOf(worker, input.node, input.port).Connect(reader);
    }
  }
  for (Exchange& exchange : exchanges_) WEIR_TRY(ConnectExchange(worker, exchange));
  return Status::Ok();
}

Status JobBuilder::ConnectExchange(uint32_t worker, Exchange& exchange) {
  Worker& owner = *job_->workers_[worker];
  const PhysicalInput& input = *exchange.input;
  const PhysicalNode& producer = plan_.nodes[static_cast<size_t>(input.node)];
  auto sender =
      std::make_unique<ExchangeSender>(producer.port_schema(input.port), exchange.channels[worker],
                                       worker, options_.clock, owner.context());
  const Status opened = sender->Open(input.keys);
  if (!opened.ok()) return opened.WithContext(producer.logical->name);
  ExchangeSender* added = owner.AddSender(std::move(sender));
  PortOf(worker, input.node, input.port).Connect(added);
  senders_[worker][input.node].push_back(added);

  std::vector<ExchangeChannel*> incoming;
  for (const auto& from : exchange.channels) incoming.push_back(from[worker]);
  ExchangeReceiver* receiver =
      owner.AddReceiver(std::make_unique<ExchangeReceiver>(std::move(incoming)));
  for (const auto& [node, index] : exchange.readers) {
    receiver->port().Connect(
        tasks_[worker][static_cast<size_t>(node)]->input(static_cast<size_t>(index)));
  }
  exchange.receivers.push_back(receiver);
  return Status::Ok();
}

void JobBuilder::ConnectTaps(uint32_t worker) {
  if (!options_.make_tap) return;
  // In order of names, so that nothing depends on a hash table's order.
  const std::map<std::string, plan::InputRef> streams(plan_.logical->streams.begin(),
                                                      plan_.logical->streams.end());
  for (const auto& [stream, output] : streams) {
    for (const PhysicalNode& node : plan_.nodes) {
      if (node.logical->id != output.node || node.is_partial) continue;
      if (std::unique_ptr<Output> tap = options_.make_tap(stream, worker)) {
        PortOf(worker, node.id, output.port)
            .Connect(job_->workers_[worker]->AddTap(std::move(tap)));
      }
    }
  }
}

/// What rows reach by direct calls from `first_nodes` on.
Entry JobBuilder::MakeEntry(uint32_t worker, const std::vector<int>& first_nodes) const {
  std::set<int> reached(first_nodes.begin(), first_nodes.end());
  for (const PhysicalNode& node : plan_.nodes) {  // topological: inputs come first
    for (const PhysicalInput& input : node.inputs) {
      if (Direct(input) && reached.contains(input.node)) reached.insert(node.id);
    }
  }
  Entry entry;
  entry.depth = first_nodes.empty() ? 0 : *std::min_element(first_nodes.begin(), first_nodes.end());
  for (int node : reached) {
    if (OperatorTask* task = tasks_[worker][static_cast<size_t>(node)]) entry.tasks.push_back(task);
    const auto senders = senders_[worker].find(node);
    if (senders == senders_[worker].end()) continue;
    entry.senders.insert(entry.senders.end(), senders->second.begin(), senders->second.end());
  }
  entry.barrier = entry.settled = job_->checkpoints_->committed();
  return entry;
}

/// Sinks and views that rows of a source may end in, on whatever worker.
std::vector<const SinkConnector*> JobBuilder::SinksBehind(int source) const {
  std::set<int> reached{source};
  std::vector<const SinkConnector*> sinks;
  for (const PhysicalNode& node : plan_.nodes) {  // topological: inputs come first
    const bool reads =
        std::any_of(node.inputs.begin(), node.inputs.end(),
                    [&](const PhysicalInput& input) { return reached.contains(input.node); });
    if (!reads) continue;
    reached.insert(node.id);
    if (const SinkConnector* sink = FindSink(node.logical->name)) sinks.push_back(sink);
  }
  return sinks;
}

void JobBuilder::MakeEntries(uint32_t worker) {
  Worker& owner = *job_->workers_[worker];
  for (const Exchange& exchange : exchanges_) {
    std::vector<int> readers;
    for (const auto& [node, index] : exchange.readers) readers.push_back(node);
    Entry entry = MakeEntry(worker, readers);
    entry.receiver = exchange.receivers[worker];
    owner.AddEntry(std::move(entry));
  }
  for (const PhysicalNode& node : plan_.nodes) {
    SourceTask* source = sources_[worker][static_cast<size_t>(node.id)];
    if (source == nullptr) continue;
    Entry entry = MakeEntry(worker, {node.id});
    entry.source = source;
    entry.sinks = SinksBehind(node.id);
    owner.AddEntry(std::move(entry));
  }
}

}  // namespace weir
