using System.Reflection;
using System.Text.Json;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Tenants;
using Darkroom.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using Xunit;

namespace Darkroom.Tests.Unit.Contracts;

public sealed class SerializationTests
{
    private static readonly Serializer Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<string> Names => [.. ContractSamples.Messages.Select(message => message.GetType().Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_RoundTrip_KeepsEveryMember(string name)
    {
        var message = ContractSamples.Messages.Single(candidate => candidate.GetType().Name == name);

        var copy = Serializer.Deserialize<object>(Serializer.SerializeToArray(message));

        Assert.Equal(message.GetType(), copy.GetType());
        if (message is Exception error)
            Assert.Equal(error.Message, ((Exception)copy).Message);
        else
            Assert.Equal(JsonSerializer.Serialize(message, message.GetType()), JsonSerializer.Serialize(copy, copy.GetType()));
    }

    [Fact]
    public void QuotaExceeded_RoundTrip_KeepsWhatItSays()
    {
        var copy = Serializer.Deserialize<QuotaExceededException>(Serializer.SerializeToArray(new QuotaExceededException("m", QuotaLimit.QueuedRuns, 11, 10, TimeSpan.FromSeconds(7))));
        Assert.Equal((QuotaLimit.QueuedRuns, 11, 10, TimeSpan.FromSeconds(7)), (copy.Limit, copy.Actual, copy.Allowed, copy.RetryAfter));
    }

    [Fact]
    public void Samples_OfEveryContract_AreThere()
    {
        var contracts = Contracts().Where(type => !type.IsAbstract).Select(type => type.Name).Order();

        Assert.Equal(contracts, ContractSamples.Messages.Select(message => message.GetType().Name).Order());
    }

    [Fact]
    public void Samples_OfEveryContract_HaveNoDefaultMember()
    {
        foreach (var message in ContractSamples.Messages.Where(message => message is not Exception))
        {
            foreach (var property in message.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
            {
                // An enum's first value is 0 and says something all the same.
                if (!property.PropertyType.IsEnum)
                    Assert.False(IsDefault(property.GetValue(message), property.PropertyType), $"{message.GetType().Name}.{property.Name} has its default value: the round trip proves nothing");
            }
        }
    }

    [Fact]
    public void Contracts_EveryTypeAndMember_HasAliasAndIds()
    {
        foreach (var type in Contracts())
        {
            Assert.True(type.IsDefined(typeof(AliasAttribute)), $"{type.Name} has no [Alias]");
            var members = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .Where(property => property.SetMethod is not null).ToList();
            var ids = members.Select(property => property.GetCustomAttribute<IdAttribute>()).ToList();
            Assert.DoesNotContain(null, ids);
            Assert.Equal(ids.Count, ids.Select(id => id!.Id).Distinct().Count());
        }
    }

    [Fact]
    public void Error_WithAForeignCause_KeepsItsText()
    {
        var cause = new BlobNotFoundException("no such blob", new ArgumentException("of the store"));
        var error = new InvalidImageException("There is no picture.", cause);

        Assert.IsType<InvalidOperationException>(error.InnerException);
        Assert.Contains("BlobNotFoundException: no such blob", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.IsType<ArgumentException>(error.InnerException.InnerException);
        var fine = new InvalidRequestException("x");
        Assert.Same(fine, new InvalidImageException("y", fine).InnerException);
    }

    // Without what Orleans generates for the grains' methods.
    private static IEnumerable<Type> Contracts() => typeof(ImageRef).Assembly.GetTypes()
        .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute)) && type.Namespace!.StartsWith("Darkroom.", StringComparison.Ordinal));

    private static bool IsDefault(object? value, Type type) =>
        value is null || (type.IsValueType && Nullable.GetUnderlyingType(type) is null && value.Equals(Activator.CreateInstance(type)));
}
