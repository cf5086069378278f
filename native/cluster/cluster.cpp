#include "native/cluster/cluster.h"

#include "native/cluster/cluster_queue.h"
#include "native/cluster/cluster_store.h"

namespace terpsi::native {

Result<std::unique_ptr<RenderQueue>> open_cluster_queue(const ClusterOptions& options) {
  auto queue = ClusterQueue::open(options);
  if (!queue) return queue.error();
  return std::unique_ptr<RenderQueue>(std::move(*queue));
}

Result<std::unique_ptr<DanceStore>> open_cluster_store(const ClusterOptions& options) {
  auto store = ClusterStore::open(options);
  if (!store) return store.error();
  return std::unique_ptr<DanceStore>(std::move(*store));
}

}  // namespace terpsi::native
