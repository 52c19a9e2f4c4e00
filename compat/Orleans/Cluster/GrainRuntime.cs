using Orleans.Core;

namespace Orleans.Runtime;

internal sealed class GrainRuntime(SiloRuntime silo, IGrainFactory factory) : IGrainRuntime
{
    public string SiloIdentity => silo.Address.ToString();

    public SiloAddress SiloAddress => silo.Address;

    public IGrainFactory GrainFactory => factory;

    public IServiceProvider ServiceProvider => silo.Services;

    public TimeProvider TimeProvider => silo.Time;

    public void DeactivateOnIdle(IGrainContext grainContext) =>
        grainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ActivationData.Of(grainContext).DelayDeactivation(timeSpan);

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) =>
        ActivationData.Of(grainContext).CreateStateOfGrain<TGrainState>(grainContext.GrainInstance!.GetType());
}

/// <summary>Gives services of the activation's scope their activation.</summary>
internal sealed class GrainContextHolder
{
    public IGrainContext? Context { get; set; }
}

internal sealed class GrainContextAccessor : IGrainContextAccessor
{
    public IGrainContext? GrainContext => RuntimeContext.Current;
}
