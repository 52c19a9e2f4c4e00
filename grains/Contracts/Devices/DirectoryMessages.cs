using System.Collections.Immutable;

namespace Darkroom.Contracts.Devices;

/// <summary>What a silo has and does.</summary>
/// <param name="Silo">Its address in the parsable form.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Models">Checkpoints that it can load.</param>
/// <param name="DefaultModel">The checkpoint for requests that name none.</param>
/// <param name="IsStopping">Whether it takes no new work.</param>
/// <param name="Pipelines">What those checkpoints are for, as far as it is known.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.SiloReport")]
public sealed record SiloReport(
    [property: Id(0)] string Silo,
    [property: Id(1)] ImmutableArray<DeviceReport> Devices,
    [property: Id(2)] ImmutableArray<string> Models,
    [property: Id(3)] string DefaultModel,
    [property: Id(4)] bool IsStopping = false,
    [property: Id(5)] ImmutableArray<PipelineReport> Pipelines = default);

/// <summary>What a checkpoint is for.</summary>
/// <param name="Model">The checkpoint's name.</param>
/// <param name="Pipeline">The pipeline's name, such as <c>vlm-imi</c>.</param>
/// <param name="Missing">Kinds of networks that the pipeline needs and the checkpoint lacks; none if it can be used.</param>
/// <param name="Tasks">The tasks that it has plugins for, where the pipeline has such (Diff-Plugin).</param>
[GenerateSerializer, Immutable, Alias("Darkroom.PipelineReport")]
public sealed record PipelineReport(
    [property: Id(0)] string Model,
    [property: Id(1)] string Pipeline,
    [property: Id(2)] ImmutableArray<string> Missing,
    [property: Id(3)] ImmutableArray<string> Tasks);

/// <summary>What a device holds and does.</summary>
/// <param name="Device">Its name in the silo, such as <c>cpu:0</c>.</param>
/// <param name="QueueDepth">Work items that wait.</param>
/// <param name="QueueCapacity">Work items that may wait.</param>
/// <param name="ResidentModels">Checkpoints in its memory.</param>
/// <param name="IsHung">Whether it does not come back from its work; nothing is sent there as long as that lasts.</param>
/// <param name="ExpectedWork">How long its runs will keep it busy, by the step times measured there.</param>
/// <param name="RunTime">How long one more run will, by those before it.</param>
/// <param name="LoadTime">How long a model takes to load there.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.DeviceReport")]
public sealed record DeviceReport(
    [property: Id(0)] string Device,
    [property: Id(1)] int QueueDepth,
    [property: Id(2)] int QueueCapacity,
    [property: Id(3)] ImmutableArray<string> ResidentModels,
    [property: Id(4)] bool IsHung = false,
    [property: Id(5)] TimeSpan ExpectedWork = default,
    [property: Id(6)] TimeSpan RunTime = default,
    [property: Id(7)] TimeSpan LoadTime = default);

/// <summary>Asks for a device.</summary>
/// <param name="Model">The checkpoint, or null for the default.</param>
/// <param name="Avoid">Keys of model grains that just failed; taken only if there is no other.</param>
/// <param name="Taken">Keys of model grains that work on other tiles of the same picture: any other that did not fail goes first.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.PickRequest")]
public sealed record PickRequest(
    [property: Id(0)] string? Model,
    [property: Id(1)] ImmutableArray<string> Avoid,
    [property: Id(2)] ImmutableArray<string> Taken = default);

/// <summary>How the directory chose.</summary>
public enum RouteOutcome
{
    /// <summary>The key is set.</summary>
    Found,

    /// <summary>No silo has reported lately, or all devices hang; ask again after a moment.</summary>
    NoDevices,

    /// <summary>Silos are there, and none has the model.</summary>
    NoModel,
}

/// <summary>The device for a run.</summary>
/// <param name="Outcome">How the directory chose.</param>
/// <param name="Key">The model grain's key, when found.</param>
/// <param name="KnownModels">The checkpoints that the silos have, for the message.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.DeviceRoute")]
public sealed record DeviceRoute(
    [property: Id(0)] RouteOutcome Outcome,
    [property: Id(1)] string? Key,
    [property: Id(2)] ImmutableArray<string> KnownModels);
