#pragma once
// NATS handles as unique_ptr.

#include <nats/nats.h>

#include <memory>

namespace terpsi::native {

template <auto destroy>
struct Destroyer {
  template <class T>
  void operator()(T* handle) const {
    destroy(handle);
  }
};

template <class T, auto destroy>
using NatsHandle = std::unique_ptr<T, Destroyer<destroy>>;

using OptionsHandle = NatsHandle<natsOptions, natsOptions_Destroy>;
using ConnectionHandle = NatsHandle<natsConnection, natsConnection_Destroy>;
using JetStreamHandle = NatsHandle<jsCtx, jsCtx_Destroy>;
using MessageHandle = NatsHandle<natsMsg, natsMsg_Destroy>;
using SubscriptionHandle = NatsHandle<natsSubscription, natsSubscription_Destroy>;
using StreamInfoHandle = NatsHandle<jsStreamInfo, jsStreamInfo_Destroy>;
using ConsumerInfoHandle = NatsHandle<jsConsumerInfo, jsConsumerInfo_Destroy>;
using MetaDataHandle = NatsHandle<jsMsgMetaData, jsMsgMetaData_Destroy>;
using PublishAckHandle = NatsHandle<jsPubAck, jsPubAck_Destroy>;
using StoreHandle = NatsHandle<kvStore, kvStore_Destroy>;
using WatcherHandle = NatsHandle<kvWatcher, kvWatcher_Destroy>;
using EntryHandle = NatsHandle<kvEntry, kvEntry_Destroy>;

}  // namespace terpsi::native
