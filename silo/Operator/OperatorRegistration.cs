using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Silo.Operator;

/// <summary>Registers the operator in a silo.</summary>
public static class OperatorRegistration
{
    /// <summary>Adds the operator; it does nothing unless <c>Operator:Enabled</c> is set.</summary>
    public static IServiceCollection AddDarkroomOperator(this IServiceCollection services)
    {
        services.AddOptions<OperatorOptions>().BindConfiguration(OperatorOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<OperatorOptions>, OperatorOptionsValidator>();
        services.AddSingleton<OperatorHost>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<OperatorHost>());
        return services;
    }
}
