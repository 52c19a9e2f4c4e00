using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Runs;
using Orleans.Runtime;
using Orleans.Storage;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Runs;

public sealed class RunFailureTests
{
    [Fact]
    public void Of_EveryKindOfError_SaysWhatItMeans()
    {
        Assert.Equal(new RunFailure(FailureEffect.Final, RunErrorCode.InvalidImage), RunFailure.Of(new InvalidImageException("no")));
        Assert.Equal(new RunFailure(FailureEffect.Final, RunErrorCode.InvalidRequest), RunFailure.Of(new InvalidRequestException("no")));
        Assert.Equal(FailureEffect.Fenced, RunFailure.Of(new InconsistentStateException("no")).Effect);
        Assert.Equal(new RunFailure(FailureEffect.Counted, RunErrorCode.Storage), RunFailure.Of(new StorageFailedException("no")));
        Assert.Equal(FailureEffect.Move, RunFailure.Of(new DeviceUnavailableException("no")).Effect);
        Assert.Equal(FailureEffect.Move, RunFailure.Of(new SiloUnavailableException("no")).Effect);
        Assert.Equal(FailureEffect.Move, RunFailure.Of(new TimeoutException("no")).Effect);
        Assert.Equal(new RunFailure(FailureEffect.Counted, RunErrorCode.Device), RunFailure.Of(new DeviceFailedException("no")));
        Assert.Equal(new RunFailure(FailureEffect.Counted, RunErrorCode.Device), RunFailure.Of(new ArithmeticException("no")));
    }
}
