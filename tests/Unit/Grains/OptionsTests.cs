using System.ComponentModel.DataAnnotations;
using Darkroom.Grains.Describers;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Jobs;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Sessions;
using Darkroom.Grains.Supervision;
using Darkroom.Grains.Tenants;
using Xunit;

namespace Darkroom.Tests.Unit.Grains;

public sealed class OptionsTests
{
    public static TheoryData<object> Defaults => [new DeviceOptions(), new ModelOptions(), new RunOptions(), new SessionOptions(), new JobOptions(), new TenantOptions(), new DescriberOptions(), new SupervisorOptions()];

    public static TheoryData<object> BadValues =>
    [
        new DeviceOptions { Threads = -1 },
        new DeviceOptions { MaxBatchSize = 0 },
        new DeviceOptions { QueueCapacity = 0 },
        new DeviceOptions { WorkspaceMebibytes = 0 },
        new DeviceOptions { EncodedMebibytes = -1 },
        new DeviceOptions { WorkspaceIdle = TimeSpan.Zero },
        new DeviceOptions { ReportPeriod = TimeSpan.FromSeconds(10) },
        new DeviceOptions { HangTimeout = TimeSpan.Zero },
        new DeviceOptions { LoadTimeout = TimeSpan.Zero },
        new DeviceOptions { ModelMebibytes = -1 },
        new DeviceOptions { MinimumResidency = TimeSpan.FromSeconds(-1) },
        new DeviceOptions { ProfileTime = TimeSpan.FromHours(1) },
        new ModelOptions { DefaultModel = "" },
        new ModelOptions { DefaultModel = "../secret" },
        new RunOptions { CheckpointEverySteps = 0 },
        new RunOptions { CheckpointPeriod = TimeSpan.FromSeconds(-1) },
        new RunOptions { MinTilesPerPart = 0 },
        new RunOptions { MaxParts = 0 },
        new RunOptions { PreviewEverySteps = -1 },
        new RunOptions { CallWait = TimeSpan.FromSeconds(30) },
        new RunOptions { DeviceTimeout = TimeSpan.Zero },
        new RunOptions { MaxFailures = 0 },
        new RunOptions { RetryDelay = TimeSpan.Zero },
        new SessionOptions { MaxMessageLength = 0 },
        new SessionOptions { MaxTurns = 0 },
        new SessionOptions { MaxVersions = 1 },
        new SessionOptions { TurnLifetime = TimeSpan.Zero },
        new SessionOptions { PageSize = 0 },
        new SessionOptions { DescribeTimeout = TimeSpan.FromMinutes(1) },
        new JobOptions { Concurrency = 0 },
        new JobOptions { MaxItems = 0 },
        new JobOptions { MaxAttempts = 0 },
        new JobOptions { RetryDelay = TimeSpan.Zero },
        new JobOptions { RunTimeout = TimeSpan.Zero },
        new JobOptions { PageSize = 0 },
        new DescriberOptions { Timeout = TimeSpan.Zero },
        new DescriberOptions { Retries = -1 },
        new DescriberOptions { RetryDelay = TimeSpan.FromHours(1) },
        new DescriberOptions { Pause = TimeSpan.FromDays(1) },
        new DescriberOptions { PictureSize = 8 },
        new TenantOptions { MaxConcurrentRuns = 0 },
        new TenantOptions { MaxQueuedRuns = -1 },
        new TenantOptions { ReservedForInteractive = -1 },
        new TenantOptions { DeviceSecondsPerDay = 0 },
        new TenantOptions { LeaseDuration = TimeSpan.Zero },
        new TenantOptions { LedgerDays = 0 },
        new TenantOptions { KeyLifetime = TimeSpan.Zero },
        new TenantOptions { MaxKeys = 1 },
        new TenantOptions { Overrides = { ["acme"] = new TenantOverride { MaxConcurrentRuns = 0 } } },
        new TenantOptions { Overrides = { ["a/b"] = new TenantOverride() } },
        new TenantOptions { Overrides = { ["acme"] = new TenantOverride { Class = "Gold!" } } },
        new TenantOptions { Overrides = Enumerable.Range(0, 17).ToDictionary(i => $"t{i}", i => new TenantOverride { Class = $"class-{i}" }) },
        new SupervisorOptions { PulsePeriod = TimeSpan.Zero },
        new SupervisorOptions { MaxSilence = TimeSpan.Zero },
        new SupervisorOptions { UnsettledTime = TimeSpan.Zero },
        new SupervisorOptions { RoundPeriod = TimeSpan.Zero },
        new SupervisorOptions { MaxPerRound = 0 },
        new SupervisorOptions { Concurrency = 0 },
        new SupervisorOptions { AskTimeout = TimeSpan.FromMinutes(1) },
        new SupervisorOptions { DrainTimeout = TimeSpan.FromHours(1) },
    ];

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Defaults_AreValid(object options) => Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);

    [Theory]
    [MemberData(nameof(BadValues))]
    public void BadValue_IsRefused(object options) =>
        Assert.Throws<ValidationException>(() => Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true));

    [Fact]
    public void Defaults_AreThoseThatAreDocumented()
    {
        Assert.Equal(5, new RunOptions().CheckpointEverySteps);
        Assert.Equal((TimeSpan.FromSeconds(1), 8, 8), (new RunOptions().CheckpointPeriod, new RunOptions().MinTilesPerPart, new RunOptions().MaxParts));
        Assert.Equal("llmra-compact", new ModelOptions().DefaultModel);
        Assert.Equal((16, 0), (new DeviceOptions().MaxBatchSize, new DeviceOptions().ModelMebibytes));
        Assert.Equal((2, 30), (new DeviceOptions().ProfileTime.TotalSeconds, new DeviceOptions().MinimumResidency.TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(5), new DeviceOptions().HangTimeout);
        Assert.Equal(TimeSpan.FromMinutes(30), new DeviceOptions().LoadTimeout);
        Assert.Equal(2_000, new SessionOptions().MaxMessageLength);
        Assert.Equal((256, 1_000, null), (new TenantOptions().MaxConcurrentRuns, new TenantOptions().MaxQueuedRuns, new TenantOptions().DeviceSecondsPerDay));
        Assert.Equal((true, TimeSpan.FromSeconds(8)), (new SupervisorOptions().IsEnabled, new SupervisorOptions().DrainTimeout));
        Assert.Equal((16, 3), (new JobOptions().Concurrency, new JobOptions().MaxAttempts));
    }
}
